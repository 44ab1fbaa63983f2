"""A protocol in a few words, as far on its way as a test needs it."""

from datetime import date

from policies.choices import BlockKind, Origin, Outcome
from policies.domain.bring_in import bring_in
from policies.domain.council import record_decision
from policies.domain.publish import publish
from policies.domain.reading import ReadBlock, ReadChapter, ReadText
from policies.models import Version
from tests.cast import today


def some_text(*articles: str) -> ReadText:
    blocks = [
        ReadBlock(BlockKind.ITEM, str(place), words)
        for place, words in enumerate(articles or ("Vraag het eerst.", "Een nee telt altijd."), 1)
    ]
    return ReadText("Afspraken", [ReadChapter("Doel", []), ReadChapter("Foto's", blocks)])


def concept(
    cast, number: str = "1.0", *, origin: Origin = Origin.PORTAL, text: ReadText | None = None
) -> Version:
    return bring_in(
        title="Afspraken over sociale media",
        number=number,
        origin=origin,
        text=text or some_text(),
        source_name="afspraken.txt",
        by=cast.ada,
    )


def decided(cast, version: Version, outcome: Outcome = Outcome.CONSENT, on: date | None = None):
    return record_decision(
        version=version, council="GMR", outcome=outcome, decided_on=on or today(), minutes="", by=cast.ada
    )


def in_force(cast, number: str = "1.0", *, on: date | None = None) -> Version:
    version = concept(cast, number)
    decided(cast, version)
    return publish(version=version, in_force_on=on or today(), by=cast.ada)
