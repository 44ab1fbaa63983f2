"""A foundation with schools, people to talk to and a protocol; what its documents are. For after `ground.enter`."""

from datetime import date

from django.db import connection

from ledger.acting import acting, system
from opmaat_portal.demo.policies import TEXTS, add_summaries
from policies.choices import DocumentState, Origin, Outcome
from policies.domain import documents
from policies.domain.bring_in import bring_in
from policies.domain.council import record_decision
from policies.domain.papers import html_of, paper_of
from policies.domain.publish import publish
from policies.domain.reading import read_file
from policies.models import Document, Version
from schools.choices import Governance, HolidayRegion, RoleName, Sector
from schools.models import Foundation, Role, School, StaffMember

BENCH, TEXT = system("bench"), "opmaat.md"
SINCE = date(2014, 8, 1)
# The newest document of each school, kind and audience whose file is not there yet gets that of an earlier school.
FILL_UP = """
UPDATE policies_document AS empty SET state = 'ready', pdf = done.pdf, sha256 = done.sha256, made_at = now()
FROM policies_document AS done
WHERE empty.state = 'waiting' AND done.state = 'ready'
  AND done.school_id = (SELECT min(school_id) FROM policies_document)
  AND (done.version_id, done.kind, done.audience) = (empty.version_id, empty.kind, empty.audience)
"""


class Papers:
    """The foundation; each act in a transaction of its own, as the portal does it."""

    def __init__(self) -> None:
        self.foundation = Foundation.objects.create(slug="opmaat", name="Stichting Maat")
        with acting(BENCH, [self.foundation.id]):
            self.by = self._person("Anke", RoleName.ADMINISTRATOR, None)

    def open_schools(self, count: int) -> None:
        """So many in all, each with somebody to talk to."""
        with acting(BENCH, [self.foundation.id]):
            for number in range(School.objects.count(), count):
                school = School.objects.create(
                    foundation=self.foundation,
                    slug=f"school-{number}",
                    name=f"De School {number}",
                    brin=f"{number:02}AA",
                    location_number="00",
                    sector=Sector.PO,
                    governance=Governance.PUBLIC,
                    region=HolidayRegion.SOUTH,
                )
                self._person(f"Bo{number}", RoleName.ADVISER, school)

    def concept(self, number: str) -> Version:
        """The protocol of the demo as it was brought in, with its summaries and what the council decided."""
        with acting(BENCH, [self.foundation.id]) as act:
            text = read_file(TEXT, (TEXTS / TEXT).read_bytes())
            version = bring_in(
                title=text.title, number=number, origin=Origin.PORTAL, text=text, source_name=TEXT, by=self.by
            )
            record_decision(
                version=version,
                council="GMR",
                outcome=Outcome.CONSENT,
                decided_on=act.today,
                minutes="",
                by=self.by,
            )
            add_summaries("opmaat", version, [], self.by)
        return version

    def publish(self, version: Version) -> None:
        with acting(BENCH, [self.foundation.id]) as act:
            publish(version=version, in_force_on=act.today, by=self.by)

    def make(self, seconds: float) -> bool:
        """What the worker does when it is rung; True when there is more."""
        return documents.make_due(self.foundation.id, seconds=seconds)

    def made(self) -> dict[int, int]:
        """Every finished document, with the size of its file."""
        with acting(BENCH, [self.foundation.id], read_only=True):
            rows = Document.objects.filter(state=DocumentState.READY).order_by("id")
            return {row.id: len(row.pdf or b"") for row in rows}

    def pages(self, ids: set[int]) -> list[str]:
        """What the press got for these documents."""
        with acting(BENCH, [self.foundation.id], read_only=True) as act:
            rows = Document.objects.filter(id__in=ids).order_by("id")
            rows = rows.select_related("version__frozen", "version__foundation", "school__foundation")
            return [
                html_of(paper_of(row.version, row.school, row.kind, row.audience, act.today)) for row in rows
            ]

    def look_again(self) -> int:
        """The sweep over all that should be there; gives how many documents it asked for."""
        with acting(BENCH, [self.foundation.id]) as act:
            return documents.reconcile_documents(act.today)

    def fill_up(self) -> int:
        """Ask for what is missing, and put the files there; gives how many documents there are."""
        self.look_again()
        with acting(BENCH, [self.foundation.id]), connection.cursor() as cursor:
            cursor.execute(FILL_UP)
            assert not Document.objects.exclude(state=DocumentState.READY).exists()  # noqa: S101
            return Document.objects.count()

    def _person(self, name: str, role: RoleName, school: School | None) -> StaffMember:
        person = StaffMember.objects.create(
            foundation=self.foundation,
            source_key=name,
            call_name=name,
            surname="van de Meter",
            email=f"{name.lower()}@example.org",
        )
        Role.objects.create(
            foundation=self.foundation, staff_member=person, name=role, school=school, since=SINCE
        )
        return person
