"""Fix who receives which report."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.choices import About, Category, ReporterKind, Wish
from incidents.models import RoutingRow
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.choices import RoleName


@dataclass(frozen=True, slots=True)
class RowWords:
    """One row of the table; an empty column fits everything."""

    role: RoleName
    category: Category | str = ""
    reporter_kind: ReporterKind | str = ""
    about: About | str = ""
    wish: Wish | str = ""
    is_at_once: bool = False

    @property
    def fits_all(self) -> bool:
        return not (self.category or self.reporter_kind or self.about or self.wish)


class NoLastRow(Refusal):
    code = "no_last_row"
    message = _("The last row must fit every report, or some would reach nobody.")


def set_routing(rows: Sequence[RowWords]) -> list[RoutingRow]:
    """Replace the table as a whole, in this order; reports from now on follow it, cases that are there stay (I2).

    The ledger keeps the table as it became. Raises NoLastRow when a report could fit none of the rows.
    """
    if not rows or not rows[-1].fits_all:
        raise NoLastRow
    foundation_id = current().foundation
    with transaction.atomic():
        RoutingRow.objects.filter(foundation_id=foundation_id).delete()
        made = RoutingRow.objects.bulk_create(
            RoutingRow(foundation_id=foundation_id, position=position, **asdict(words))
            for position, words in enumerate(rows, 1)
        )
        table = [{name: value for name, value in asdict(words).items() if value} for words in rows]
        record(Verb.ROUTING_SET, "routing", foundation_id, rows=table)
    return made
