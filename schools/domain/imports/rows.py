"""What is left of the files after reading: only what the portal needs (AVG art. 5: data minimisation).

These rows are all that an import ever stores; the files themselves, and every cell that is not named here,
are gone when the request ends.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from .text import BadCell

Cell = TypeVar("Cell")
UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RowError:
    """One cell that must be mended: `row` counts as the reader does, `code` is a key of `messages.ROWS`."""

    file: str
    row: int
    number: str
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    key: str
    name: str
    grade: str


@dataclass(frozen=True, slots=True)
class PupilRow:
    row: int
    number: str
    key: str
    call_name: str
    prefix: str
    surname: str
    born_on: date
    email: str | None
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffRow:
    row: int
    number: str
    key: str
    call_name: str
    prefix: str
    surname: str
    email: str | None
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """None means that the file does not tell it: then what is known stays."""

    row: int
    number: str
    key: str
    call_name: str
    prefix: str
    surname: str
    email: str | None
    language: str | None
    has_secret_address: bool | None


PersonRow = PupilRow | GuardianRow | StaffRow


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A guardian of a child, by their keys."""

    row: int
    guardian: str
    pupil: str
    authority: str
    may_be_contacted: bool | None
    since: date | None
    until: date | None
    representation: str = ""  # "": the file does not tell it, then what is known stays
    ordered_on: date | None = None


@dataclass(slots=True)
class Upload:
    """The two files together. `has_guardians` is False when only the EDEXML was given."""

    brin: str = ""
    location: str = "00"
    first_year: int = 0
    groups: list[GroupRow] = field(default_factory=list)
    pupils: list[PupilRow] = field(default_factory=list)
    staff: list[StaffRow] = field(default_factory=list)
    has_guardians: bool = False
    guardians: list[GuardianRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    unknown_languages: int = 0
    errors: list[RowError] = field(default_factory=list)

    def drop(self, name: str, times: int = 1) -> None:
        """Count a piece of data that is not taken in. At most 40 names: the file decides them."""
        if name in self.dropped or len(self.dropped) < 40:
            self.dropped[name] = self.dropped.get(name, 0) + times


# The parts of an upload, and of which rows they are lists.
ROWS_OF: dict[str, Any] = dict.fromkeys(Upload.__dataclass_fields__) | {
    "groups": GroupRow,
    "pupils": PupilRow,
    "staff": StaffRow,
    "guardians": GuardianRow,
    "links": LinkRow,
    "errors": RowError,
}


class ErrorList(list[RowError]):
    """Collects the errors of one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def note(self, row: int, number: str, column: str, bad: BadCell | str) -> None:
        code = bad.code if isinstance(bad, BadCell) else bad
        self.append(RowError(self.file, row, number, column, code))

    def cell(self, row: int, number: str, column: str, read: Callable[..., Cell], *told: Any) -> Cell | None:
        """What `read` makes of a cell, or None with the error noted."""
        try:
            return read(*told)
        except BadCell as bad:
            self.note(row, number, column, bad)
            return None


def source_key(brin: str, number: str) -> str:
    """Our key of a person: BRIN and number, or the source system's uuid, which needs no BRIN (domain.md §1)."""
    return number.lower() if UUID.fullmatch(number) else f"{brin}-{number}"


def to_json(upload: Upload) -> dict[str, Any]:
    """For the staging table; `from_json` gives the same upload again. Days stay days (the column encodes them)."""
    stored = {name: getattr(upload, name) for name in ROWS_OF}
    for name, kind in ROWS_OF.items():
        if kind is not None:
            columns = tuple(kind.__dataclass_fields__)
            stored[name] = [{column: getattr(row, column) for column in columns} for row in stored[name]]
    return stored


def from_json(stored: dict[str, Any]) -> Upload:
    """The upload that `to_json` stored; raises KeyError or TypeError for anything else."""
    return Upload(
        **{
            **stored,
            "groups": [GroupRow(**row) for row in stored["groups"]],
            "pupils": [
                PupilRow(
                    **{**row, "born_on": date.fromisoformat(row["born_on"]), "groups": tuple(row["groups"])}
                )
                for row in stored["pupils"]
            ],
            "staff": [StaffRow(**{**row, "groups": tuple(row["groups"])}) for row in stored["staff"]],
            "guardians": [GuardianRow(**row) for row in stored["guardians"]],
            "links": [
                LinkRow(**{**row, **{name: _day(row.get(name)) for name in ("since", "until", "ordered_on")}})
                for row in stored["links"]
            ],
            "errors": [RowError(**row) for row in stored["errors"]],
        }
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
