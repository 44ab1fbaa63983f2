"""Which tasks of the work list are shown: by kind, school, done or not, and the name of the child."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from consent.choices import TaskKind
from consent.models import Task
from schools.querysets import named

from .task_words import kind_words

SHOWN_AFTER_CLOSING = timedelta(days=30)
MOST = 200
DONE = "klaar"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; an unknown word filters nothing."""

    kind: str
    school: str
    query: str
    is_done: bool

    @property
    def in_use(self) -> bool:
        return bool(self.kind or self.school or self.query or self.is_done)

    @property
    def looks_back(self) -> bool:
        """What was done stands in the page itself, however long ago: somebody looks for it."""
        return self.is_done or bool(self.query)


def wanted_in(data: QueryDict) -> Wanted:
    kind, school = data.get("soort", ""), data.get("school", "").replace("\0", "")
    return Wanted(
        kind=kind if kind in TaskKind.values else "",
        school=school[:50],
        query=data.get("q", "").replace("\0", "").strip()[:60],
        is_done=data.get("stand") == DONE,
    )


def chosen(seen: QuerySet[Task], wanted: Wanted, now: datetime) -> tuple[list[Task], list[Task]]:
    """(open, done) of what this person sees: the oldest first, and the newest first. At most MOST of each."""
    if wanted.kind:
        seen = seen.filter(kind=wanted.kind)
    if wanted.school and seen.filter(school__slug=wanted.school).exists():
        seen = seen.filter(school__slug=wanted.school)
    if wanted.query:
        seen = seen.filter(named(wanted.query, "pupil__"))
    opened = [] if wanted.is_done else list(seen.filter(closed_at=None)[:MOST])
    closed = seen.exclude(closed_at=None)
    if not wanted.looks_back:
        closed = closed.filter(closed_at__gte=now - SHOWN_AFTER_CLOSING)
    return opened, list(closed.order_by("-closed_at", "-id")[:MOST])


def filter_rows(seen: QuerySet[Task], wanted: Wanted) -> dict[str, Any]:
    """What can be chosen: the kinds and schools of which there is open work, or any when looking back."""
    rows = seen.order_by() if wanted.looks_back else seen.filter(closed_at=None).order_by()
    kinds = set(rows.values_list("kind", flat=True).distinct())
    schools = sorted(set(rows.values_list("school__name", "school__slug").distinct()))
    return {
        "kinds": [
            {"value": str(kind), "label": kind_words(kind), "chosen": wanted.kind == kind}
            for kind in TaskKind
            if kind in kinds or wanted.kind == kind
        ],
        "schools": [
            {"value": slug, "label": name, "chosen": wanted.school == slug} for name, slug in schools
        ],
        "is_done": wanted.is_done,
        "query": wanted.query,
        "in_use": wanted.in_use,
        "has_any": wanted.in_use or seen.exists(),
    }
