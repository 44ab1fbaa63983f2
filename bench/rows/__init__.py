"""The rows by name, in the order of the table in docs/performance.md; each module measures one or a few of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from bench.figures import Figure
from bench.ground import LARGE, SMALL, Ground


@dataclass(frozen=True, slots=True)
class Row:
    """What is measured, the databases that must be filled for it, and where: "module.function"."""

    about: str
    where: str
    needs: tuple[str, ...] = ()

    def measure(self, ground: Ground) -> list[Figure]:
        """In a process of its own: the module may set up Django when it is imported here."""
        module, function = self.where.split(".")
        act: Callable[[Ground], list[Figure]] = getattr(import_module(f"bench.rows.{module}"), function)
        return act(ground)


ROWS = {
    "quick-check": Row("28 pupils, one place, against the bare sheet", "pages.quick_check", (SMALL,)),
    "queries": Row("SQL statements of a check page for 1, 28 and 400 pupils", "statements.queries", (SMALL,)),
    "growth": Row("the check query at 250,000 against 5,000 pupils", "queries.growth", (SMALL, LARGE)),
    "consent-write": Row(
        "16 clients who choose, against bare insert + upsert", "writes.consent_write", (SMALL,)
    ),
    "drift": Row("a race on one child, and the proof of the fast state", "drift.drift", (SMALL, LARGE)),
    "rls": Row("the check query behind the wall and without it", "queries.rls", (LARGE,)),
    "parent-form": Row("a personal link to the questions for three children", "pages.parent_form", (SMALL,)),
    "incident-list": Row("my cases among 200,000 reports and among 2,000", "reports.incident_list"),
    "publish": Row("the documents of a protocol for 20 and 100 schools", "publishing.publish"),
    "campaign": Row("10,000 mails through the outbox, against the bare SMTP dialogue", "mails.campaign"),
    "queue": Row("tasks on the broker for a campaign of 10,000 mails", "mails.queue"),
    "plan": Row("a round for 94,000 guardians", "plan.plan"),
    "import": Row("the files of schools, against COPY of the same rows", "imports.imports", (LARGE,)),
    "start": Row("a command, and the demo on kept data", "starting.start"),
}
NOT_BUILT = {
    "class-sheet": "the sheet of a class (U7) is a later issue",
}
