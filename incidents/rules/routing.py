"""Who receives a report (I2): a table per foundation, and never somebody who is named in it, or related.

In this order, and the first one that leaves somebody counts:
1. the rows of the foundation's table that fit. When the report is about the director or the board, or when the
   reporter asked for the confidential adviser, only rows that say so themselves: a general row may not undo it;
2. the chain: director, board, confidential adviser. About the director it begins at the board, about the board
   at the adviser, and so it does when the adviser was asked for;
3. who takes what reaches nobody: data protection officer, then administrator, to hand it over.
Nobody left at all (everybody is named, or nobody has such a role): an empty list, and the report is refused with
words that say where to go instead. Kept where nobody can ever read it, it would only seem to be received.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from incidents.choices import About, Category, ReporterKind, Wish
from schools.choices import GROUP_ROLES, RoleName

from .roles import LAST_RESORT, RECEIVING_ROLES

CHAIN = (RoleName.DIRECTOR, RoleName.BOARD, RoleName.ADVISER)
CHAINS_ABOUT = {
    About.DIRECTOR: (RoleName.BOARD, RoleName.ADVISER),
    About.BOARD: (RoleName.ADVISER, RoleName.DIRECTOR),
}
ROLES_ABOUT = {About.DIRECTOR: RoleName.DIRECTOR, About.BOARD: RoleName.BOARD}
# A call name or surname that at most so many people here have stands for those people, also alone.
RARE = 3
# Names that are also ordinary words: alone they say nothing, "juf Wil" or "Wil Jansen" does.
ORDINARY = frozenset(
    re.findall(
        r"\w+",
        "wil an de den bot bas mark per tot los vos berg bos boer smit bakker visser meer haan lam werkt wit zwart"
        " groen klein groot jong oud hand mens kok koning prins keizer roos floor beer wolf post dam dijk water",
    )
)
TITLES = frozenset(
    re.findall(
        r"\w+",
        "juf juffrouw meester mees mevrouw mevr mw meneer mijnheer dhr heer mr mrs ms miss sir docent docente"
        " directeur directrice rector conrector mentor teacher",
    )
)
ROLE_WORDS = {
    RoleName.DIRECTOR: {"directeur", "directrice", "schoolleider", "schoolhoofd", "rector", "principal"},
    RoleName.BOARD: {"bestuur", "bestuurder", "bestuurders", "bestuursvoorzitter", "board"},
    RoleName.ADVISER: {"vertrouwenspersoon"},
    RoleName.ANTI_BULLYING: {"pestcoordinator", "antipestcoordinator"},
}
# Letters that have no accent to take off, and marks inside a name.
LETTERS = str.maketrans(
    {"Ł": "l", "ł": "l", "Ø": "o", "ø": "o", "ı": "i", "İ": "i", "Đ": "d", "đ": "d", "'": "", "\u2019": ""}
)


@dataclass(frozen=True, slots=True)
class PersonName:
    call_name: str
    surname: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who works here today, with one role at this school or for the foundation; one per role."""

    id: int
    name: PersonName
    role: RoleName
    group_id: int | None = None
    relatives: tuple[PersonName, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A row of the table; an empty field fits everything."""

    role: RoleName
    category: str = ""
    reporter_kind: str = ""
    about: str = ""
    wish: str = ""
    is_at_once: bool = False


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What routing knows of a report. `who`: whom it is about, in the reporter's words; `words`: everything that
    was written, the reporter's name included; `group_ids`: the groups of the reporter, when they could be found."""

    category: Category
    reporter_kind: ReporterKind
    about: About
    wish: Wish = Wish.ANYBODY
    who: str = ""
    words: str = ""
    group_ids: frozenset[int] = field(default_factory=frozenset)


def route(rows: Sequence[RouteRow], report: ReportFacts, people: Sequence[Candidate]) -> list[Candidate]:
    """Who handles this report: everybody with the role that it falls to, one row per person, by id.

    Never somebody who is named in it, whose child is, or who has the role it is about. Empty only when none of
    those who may receive reports is left.
    """
    left_out = passed_over(report, people)
    able = [one for one in people if one.id not in left_out and one.role in RECEIVING_ROLES]
    for role in (*_roles_of(rows, report), *_chain(report), *CHAIN, *LAST_RESORT):
        found = {one.id: one for one in able if one.role == role and _is_concerned(one, report)}
        if found:
            return [found[pk] for pk in sorted(found)]
    # Somebody in a role that no chain knows (only team leaders, say): better than nobody.
    rest = {one.id: one for one in able if one.role not in GROUP_ROLES}
    return [rest[pk] for pk in sorted(rest)[:1]]


def is_at_once(rows: Sequence[RouteRow], report: ReportFacts) -> bool:
    """Whether the handler is told at any hour: the first row that fits says so, whoever it falls to in the end."""
    return next((row.is_at_once for row in _rows_for(rows, report)), False)


def named_in(text: str, names: Sequence[Candidate]) -> set[int]:
    """The ids of those who are named in this text: rather one too many than one too few.

    Named is: call name and surname; a title and either of them; one of both alone when at most three people
    here have it and it is no ordinary word. Accents, capitals, hyphens and prefixes do not matter.
    """
    words = _words(text)
    people = {(one.id, one.name) for one in names}
    counts = Counter(word for _pk, name in people for word in {_key(name.call_name), _key(name.surname)})
    return {pk for pk, name in people if _is_named(name, words, counts)}


def passed_over(report: ReportFacts, people: Sequence[Candidate]) -> set[int]:
    """Who must not see this report: named in it, parent of a child that is, or in the role that it is about."""
    everything = f"{report.who}\n{report.words}"
    words = _words(everything)
    relatives = {
        one.id for one in people if any(_is_named(child, words, Counter()) for child in one.relatives)
    }
    roles = {ROLES_ABOUT[report.about]} if report.about in ROLES_ABOUT else set()
    who = set(_words(report.who))
    roles |= {role for role, titles in ROLE_WORDS.items() if who & titles}
    # As a person, not only in that role: a director who also coordinates against bullying stays a director.
    by_role = {one.id for one in people if one.role in roles}
    return named_in(everything, people) | relatives | by_role


def _roles_of(rows: Sequence[RouteRow], report: ReportFacts) -> list[RoleName]:
    return [row.role for row in _rows_for(rows, report)]


def _rows_for(rows: Sequence[RouteRow], report: ReportFacts) -> list[RouteRow]:
    return [
        row
        for row in rows
        if row.category in ("", report.category)
        and row.reporter_kind in ("", report.reporter_kind)
        and row.about in (("",) if report.about not in ROLES_ABOUT else ()) + (report.about,)
        and row.wish in (("",) if report.wish != Wish.ADVISER else ()) + (report.wish,)
    ]


def _chain(report: ReportFacts) -> tuple[RoleName, ...]:
    if report.about in CHAINS_ABOUT:
        return CHAINS_ABOUT[report.about]
    return (RoleName.ADVISER, *CHAIN) if report.wish == Wish.ADVISER else CHAIN


def _is_concerned(one: Candidate, report: ReportFacts) -> bool:
    """A teacher or mentor only of the group that it is about: a report is not for the whole staff room (O11)."""
    return one.role not in GROUP_ROLES or one.group_id in report.group_ids


def _is_named(name: PersonName, words: Sequence[str], counts: Counter[str]) -> bool:
    call_name, surname = _parts(name.call_name), _parts(name.surname)
    calls, surnames = _places(words, call_name), _places(words, surname)
    if calls and surnames:
        return True
    titled = any(
        place and words[place - 1] in TITLES for place in calls + surnames + _places(words, _full(name))
    )
    alone = (calls and _is_telling(name.call_name, counts)) or (
        surnames and _is_telling(name.surname, counts)
    )
    return bool(titled or alone)


def _full(name: PersonName) -> tuple[str, ...]:
    """ "van den Berg": the title stands before the prefix."""
    return _parts(f"{name.prefix} {name.surname}")


def _is_telling(word: str, counts: Counter[str]) -> bool:
    return _key(word) not in ORDINARY and counts[_key(word)] <= RARE


def _places(words: Sequence[str], part: tuple[str, ...]) -> list[int]:
    """Where these words stand after each other."""
    size = len(part)
    if not size:
        return []
    return [n for n in range(len(words) - size + 1) if tuple(words[n : n + size]) == part]


def _words(text: str) -> list[str]:
    """In small letters, without accents."""
    folded = unicodedata.normalize("NFKD", text.translate(LETTERS)).casefold()
    return re.findall(r"[^\W_]+", "".join(mark for mark in folded if not unicodedata.combining(mark)))


def _parts(name: str) -> tuple[str, ...]:
    return tuple(_words(name))


def _key(name: str) -> str:
    return " ".join(_words(name))
