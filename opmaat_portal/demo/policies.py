"""The protocol of each foundation, with its council, its summaries and its list of measures.

The texts are ours: written for the demo from what each foundation needs (docs/foundations.md says which article
meets which need), not taken from the protocols of the real foundations. What those leave open stays open here:
a council decision that nobody could find is recorded as unknown, and a day that no paper tells is made up.

Lists of measures (O14, S4, L7):
- **Opmaat**: the protocol itself names none. The foundation added a short list of light steps for pupils at the start
  of this school year, as an agreement of its own beside the protocol; for an incident of before that day there is no
  list. So the demo shows both: before that day none, from that day on this one.
- **Sevenwolden**: a range to choose from by severity, for staff, for pupils and for parents (S4).
- **Lankforst**: steps for pupils (L7).
- **Borger-Odoorn**: a list that was fixed and holds nothing. **Konot**: no list at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from policies.choices import Audience, Origin, Outcome
from policies.domain.bring_in import bring_in, next_version
from policies.domain.correct import BlockWords, correct_chapter
from policies.domain.council import record_decision
from policies.domain.ladders import set_ladder
from policies.domain.publish import publish
from policies.domain.reading import read_file
from policies.domain.summaries import change_summary
from policies.models import Chapter, Version
from schools.choices import RoleName
from schools.models import Foundation, School, StaffMember

from .ladders import LADDERS

TEXTS = Path(__file__).parent / "protocols"
GMR, MR = "GMR", "MR"


@dataclass(frozen=True, slots=True)
class TextPlan:
    """One text from before the portal: its file, since when it holds, and what is known of the council."""

    file: str
    number: str
    in_force_on: date
    council: str = GMR
    outcome: Outcome = Outcome.UNKNOWN
    decided_on: date | None = None
    minutes: str = ""


CONSENTED_ON, REVISED_ON = date(2012, 5, 29), date(2016, 10, 24)  # S6
NO_PAPER = "Van een besluit van de raad is geen papier bewaard."
TEXT_PLANS = {
    # The paper is a concept of February 2015; from which day the schools held to it was never written down.
    "opmaat": (TextPlan("opmaat.md", "1.0", date(2015, 8, 1), minutes=NO_PAPER),),
    "sevenwolden": (
        TextPlan(
            "sevenwolden-2012.md",
            "1.0",
            CONSENTED_ON,
            outcome=Outcome.CONSENT,
            decided_on=CONSENTED_ON,
            minutes="Overgenomen van de laatste bladzijde van het papieren protocol.",
        ),
        TextPlan(
            "sevenwolden.md",
            "1.1",
            REVISED_ON,
            outcome=Outcome.CONSENT,
            decided_on=CONSENTED_ON,
            minutes="Herzien op 24 oktober 2016. Het papier noemt voor die herziening geen nieuw besluit.",
        ),
    ),
    "konot": (TextPlan("konot.md", "1.0", date(2014, 8, 1), minutes=NO_PAPER),),
    "borger-odoorn": (TextPlan("borger-odoorn.md", "1.0", date(2013, 8, 1), minutes=NO_PAPER),),
    "lankforst": (TextPlan("lankforst.md", "1.0", date(2024, 11, 7), council=MR, minutes=NO_PAPER),),  # L14
}
# What the concept of Opmaat changes: the first words of a chapter's title, and the articles that are added to it.
CONCEPT_OF, CONCEPT_NUMBER = "opmaat", "2.0"
NEW_ARTICLES = {
    "Foto": (
        "We maken geen beelden van leerlingen of medewerkers met AI, en we veranderen hun gezicht of stem niet. "
        "Dat mag alleen als zij of hun ouders dat apart goedvinden.",
        "Aan leerlingen van 16 jaar en ouder vragen we het zelf. Een jonger kind mag altijd nee zeggen.",
    ),
    "Als het misgaat": ("Binnen 2 schooldagen hoort de melder dat de melding gezien is.",),
}
WAITS_FOR_COUNCIL = "Staat op de agenda van de volgende vergadering van de GMR."


def add_policies(foundation: Foundation, schools: Sequence[School], *, since: date) -> None:
    """Texts from before the portal in force, summaries, lists of measures, and for Opmaat a concept that waits.

    Inside `acting()` for this foundation. `since`: the first day of this school year. Asks for documents; the
    worker makes them.
    """
    by = _administrator()
    for plan in TEXT_PLANS[foundation.slug]:
        version = _from_before(plan, by)
        if plan is TEXT_PLANS[foundation.slug][-1]:
            add_summaries(foundation.slug, version, schools, by)
        publish(version=version, in_force_on=plan.in_force_on, by=by)
    if foundation.slug == CONCEPT_OF:
        _concept_that_waits(version, by)
    for ladder in LADDERS.get(foundation.slug, ()):
        set_ladder(
            audience=ladder.audience,
            shape=ladder.shape,
            in_force_on=ladder.in_force_on or since,
            rungs=ladder.rungs,
        )


def _administrator() -> StaffMember:
    wanted = {"roles__name": RoleName.ADMINISTRATOR, "has_left": False}
    return StaffMember.objects.filter(**wanted).order_by("id").distinct()[0]


def _from_before(plan: TextPlan, by: StaffMember) -> Version:
    text = read_file(plan.file, (TEXTS / plan.file).read_bytes())
    version = bring_in(
        title=text.title,
        number=plan.number,
        origin=Origin.BEFORE,
        text=text,
        source_name=plan.file,
        by=by,
    )
    record_decision(
        version=version,
        council=plan.council,
        outcome=plan.outcome,
        decided_on=plan.decided_on,
        minutes=plan.minutes,
        by=by,
    )
    return version


def add_summaries(slug: str, version: Version, schools: Sequence[School], by: StaffMember) -> None:
    """One per audience for all schools, and those that a school wrote itself: `<slug>-<audience>-<school>.md`."""
    by_slug = {school.slug: school for school in schools}
    for path in sorted((TEXTS / "summaries").glob(f"{slug}-*.md")):
        audience, _, school_slug = path.stem.removeprefix(f"{slug}-").partition("-")
        if school_slug and school_slug not in by_slug:
            continue
        change_summary(
            version=version,
            school=by_slug.get(school_slug),
            audience=Audience(audience),
            text=path.read_text(encoding="utf-8"),
            edits=0,
            by=by,
        )


def _concept_that_waits(of: Version, by: StaffMember) -> None:
    """O19: a next text that looks like a concept, with work for the administrator: the council must still decide."""
    concept = next_version(of=of, number=CONCEPT_NUMBER, is_minor=False, by=by)
    for chapter in concept.chapters.all():
        added = [words for title, words in NEW_ARTICLES.items() if chapter.title.startswith(title)]
        for words in added:
            concept.refresh_from_db()
            correct_chapter(
                chapter=chapter, edits=concept.edits, title=chapter.title, blocks=_with(chapter, words), by=by
            )
    concept.refresh_from_db()
    record_decision(
        version=concept,
        council=GMR,
        outcome=Outcome.NOT_DECIDED,
        decided_on=None,
        minutes=WAITS_FOR_COUNCIL,
        by=by,
    )


def _with(chapter: Chapter, words: Sequence[str]) -> list[BlockWords]:
    """The articles that are there with their own keys, and the new ones after them."""
    blocks = list(chapter.blocks.all())
    kept = [BlockWords(key=b.key, kind=b.kind, number=b.number, text=b.text) for b in blocks]
    last = blocks[-1]
    return kept + [
        BlockWords(key=None, kind=last.kind, number=str(int(last.number) + place), text=text)
        for place, text in enumerate(words, 1)
    ]
