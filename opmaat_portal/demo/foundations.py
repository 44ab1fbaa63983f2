"""The five foundations of the demo as a table: schools, settings, and what each asks, in our own words.

Everything here is made up but the names of the foundations: schools, BRINs (99..), telephone numbers.
"""

from dataclasses import dataclass, replace

from consent.choices import Layer
from schools.choices import Governance, HolidayRegion, Sector

SMALL_GROUP, SMALL_SCHOOLS_ELSEWHERE, SMALL_GROUPS_ELSEWHERE = 5, 1, 2


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """`age` is that of the pupils on 1 October of the school year."""

    name: str
    grade: str
    age: int
    seats: int


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    slug: str
    name: str
    brin: str
    place: str
    sector: Sector
    groups: tuple[GroupPlan, ...]
    phone: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Title and explanation, in Dutch and in English; the other languages stand in `wordings`."""

    nl: tuple[str, str]
    en: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """`changed` is a later, material wording (R1)."""

    slug: str
    layer: Layer
    short_label: str
    places: tuple[str, ...]
    words: Wording
    changed: Wording | None = None

    @property
    def all_must_agree(self) -> bool:
        return self.layer in {Layer.SOCIAL, Layer.OPEN_WEB}  # C5


@dataclass(frozen=True, slots=True)
class FoundationPlan:
    slug: str
    name: str
    governance: Governance
    region: HolidayRegion
    help_phone: str
    schools: tuple[SchoolPlan, ...]
    questions: tuple[Question, ...]
    settings: dict[str, bool]
    round_runs: bool = False  # asked again at this moment; else the last round is over

    @property
    def seats(self) -> int:
        return sum(group.seats for school in self.schools for group in school.groups)


ON_PAPER, FOR_PARENTS, FOR_ALL = "Op papier", "Online, alleen voor ouders", "Online, voor iedereen"
PAPER_EN, PARENTS_EN, ALL_EN = "On paper", "Online, for parents only", "Online, for everybody"


def _three(
    paper: tuple[tuple[str, ...], str, str],
    closed: tuple[tuple[str, ...], str, str],
    social: tuple[tuple[str, ...], str, str],
    changed: Wording | None = None,
    parents: str = "Ouderapp",
) -> tuple[Question, ...]:
    """The three layers of O6: places, and the explanation in Dutch and English. The open website is in none."""
    rows = (
        ("papier", Layer.PAPER, "Papier", (ON_PAPER, PAPER_EN), paper, None),
        ("besloten", Layer.CLOSED, parents, (FOR_PARENTS, PARENTS_EN), closed, None),
        ("sociaal", Layer.SOCIAL, "Sociale media", (FOR_ALL, ALL_EN), social, changed),
    )
    return tuple(
        Question(slug, layer, label, places, Wording((titles[0], nl), (titles[1], en)), later)
        for slug, layer, label, titles, (places, nl, en), later in rows
    )


def _primary(sizes: tuple[int, ...]) -> tuple[GroupPlan, ...]:
    return tuple(
        GroupPlan(f"Groep {number}", str(number), number + 3, size) for number, size in enumerate(sizes, 1)
    )


def _pairs(size: int, *, groups: tuple[int, ...] = (2, 5)) -> tuple[GroupPlan, ...]:
    return tuple(
        GroupPlan(f"Groep {number}/{number + 1}", str(number), number + 3, size) for number in groups
    )


def _secondary(size: int) -> tuple[GroupPlan, ...]:
    rows = (("1B", "1", 12), ("4H", "4", 15), ("6V", "6", 17))
    return tuple(GroupPlan(name, grade, age, size) for name, grade, age in rows)


SPECIAL = (
    GroupPlan("SO Maan", "so", 6, 10),
    GroupPlan("SO Zon", "so", 8, 11),
    GroupPlan("SO Ster", "so", 10, 12),
    GroupPlan("SO Komeet", "so", 11, 12),
    GroupPlan("VSO 1", "vso", 13, 12),
    GroupPlan("VSO 4", "vso", 16, 11),
)
OPMAAT_SCHOOLS = (
    ("de-windroos", "De Windroos", "99OA", _primary((24, 27, 28, 28, 29, 28, 28, 27))),
    ("de-lindehof", "De Lindehof", "99OB", _primary((26, 28, 29, 30, 28, 29, 30, 28))),
    ("het-zonnewiel", "Het Zonnewiel", "99OC", _primary((25, 28, 27, 29, 28, 30, 29, 28))),
    ("de-waterlelie", "De Waterlelie", "99OD", _primary((27, 29, 30, 31, 30, 29, 31, 30))),
    ("de-tuinvlinder", "De Tuinvlinder", "99OE", _primary((24, 26, 27, 28, 28, 28, 29, 27))),
)
# Empty: for the import of the sample file (README).
KLIMROOS = SchoolPlan("de-klimroos", "De Klimroos", "99OQ", "Tilburg", Sector.PO, (), "013 000 00 90")

OPMAAT = FoundationPlan(
    slug="opmaat",
    name="Stichting Opmaat",
    governance=Governance.PUBLIC,
    region=HolidayRegion.SOUTH,
    help_phone="013 000 00 00",
    schools=(
        *(
            SchoolPlan(slug, name, brin, "Tilburg", Sector.PO, groups, f"013 000 00 1{number}")
            for number, (slug, name, brin, groups) in enumerate(OPMAAT_SCHOOLS)
        ),
        SchoolPlan(
            "de-sterrenboog", "De Sterrenboog", "99OF", "Tilburg", Sector.SO, SPECIAL, "013 000 00 20"
        ),
        KLIMROOS,
    ),
    questions=_three(
        (
            ("Schoolgids", "Folder", "Nieuwsbrief"),
            "Schoolgids, folder en nieuwsbrief",
            "School guide, leaflet and newsletter",
        ),
        (
            ("Ouderapp", "Ouderportaal", "Gedeelde schijf", "Afgeschermde website"),
            "Ouderapp, ouderportaal, gedeelde schijf, afgeschermde website",
            "Parent app, parent portal, shared disk, shielded website",
        ),
        (
            ("Facebook", "Instagram", "YouTube"),
            "Facebook, Instagram en YouTube",
            "Facebook, Instagram and YouTube",
        ),
    ),
    settings={
        "asks_every_year": True,
        "reset_at_16": False,
        "pupil_may_veto": False,
        "yes_needs_code": False,
    },
    round_runs=True,
)

SEVENWOLDEN = FoundationPlan(
    slug="sevenwolden",
    name="OSG Sevenwolden",
    governance=Governance.PUBLIC,
    region=HolidayRegion.NORTH,
    help_phone="0513 00 00 00",
    schools=tuple(
        SchoolPlan(slug, name, brin, place, Sector.VO, _secondary(12), f"0513 00 00 1{number}")
        for number, (slug, name, brin, place) in enumerate(
            (
                ("het-veenlyceum", "Het Veenlyceum", "99SA", "Heerenveen"),
                ("de-vaart", "De Vaart", "99SB", "Heerenveen"),
                ("het-merencollege", "Het Merencollege", "99SC", "Grou"),
                ("de-turfschuit", "De Turfschuit", "99SD", "Joure"),
            )
        )
    ),
    questions=_three(
        (
            ("Schoolgids", "Jaarboek", "Folder"),
            "Schoolgids, jaarboek en folder",
            "School guide, yearbook and leaflet",
        ),
        (
            ("Leeromgeving", "Leerling- en ouderportaal"),
            "Leeromgeving, leerling- en ouderportaal",
            "Learning platform, pupil and parent portal",
        ),
        (
            ("Instagram", "Facebook", "YouTube", "X"),
            "Instagram, Facebook, YouTube en X",
            "Instagram, Facebook, YouTube and X",
        ),
        parents="Portaal",
    ),
    # At enrolment and on change; from 16 the pupil starts with a clean sheet.
    settings={
        "asks_every_year": False,
        "reset_at_16": True,
        "pupil_may_veto": False,
        "yes_needs_code": False,
    },
)

KONOT = FoundationPlan(
    slug="konot",
    name="Konot",
    governance=Governance.DENOMINATIONAL,
    region=HolidayRegion.NORTH,
    help_phone="0541 00 00 00",
    schools=tuple(
        SchoolPlan(slug, name, f"99K{letter}", place, Sector.PO, _pairs(8), f"0541 00 00 1{number}")
        for number, (letter, slug, name, place) in enumerate(
            (
                ("A", "de-esdoorn", "De Esdoorn", "Oldenzaal"),
                ("B", "het-lutterzand", "Het Lutterzand", "De Lutte"),
                ("C", "de-korenmolen", "De Korenmolen", "Losser"),
                ("D", "de-marke", "De Marke", "Denekamp"),
                ("E", "de-beukenhof", "De Beukenhof", "Ootmarsum"),
                ("F", "het-klaverblad", "Het Klaverblad", "Weerselo"),
                ("G", "de-es", "De Es", "Rossum"),
                ("H", "de-dinkeloever", "De Dinkeloever", "Tilligte"),
            )
        )
    ),
    questions=_three(
        (
            ("Schoolgids", "Schoolkrant", "Flyer"),
            "Schoolgids, schoolkrant en flyer",
            "School guide, school paper and flyer",
        ),
        (
            ("Ouderapp", "Digitale nieuwsbrief"),
            "Ouderapp en digitale nieuwsbrief",
            "Parent app and digital newsletter",
        ),
        (
            ("Facebook van school", "LinkedIn van Konot", "Instagram van school"),
            "Facebook van school en LinkedIn van Konot",
            "Facebook of the school and LinkedIn of Konot",
        ),
        # A new platform is a material change: it is asked again of everybody.
        changed=Wording(
            (FOR_ALL, "Facebook en Instagram van school, LinkedIn van Konot"),
            (ALL_EN, "Facebook and Instagram of the school, LinkedIn of Konot"),
        ),
    ),
    settings={
        "asks_every_year": False,
        "reset_at_16": False,
        "pupil_may_veto": False,
        "yes_needs_code": False,
    },
)

BORGER_ODOORN = FoundationPlan(
    slug="borger-odoorn",
    name="OPO Borger-Odoorn",
    governance=Governance.PUBLIC,
    region=HolidayRegion.NORTH,
    help_phone="0591 00 00 00",
    schools=tuple(
        SchoolPlan(slug, name, f"99B{letter}", place, Sector.PO, _pairs(7), f"0591 00 00 1{number}")
        for number, (letter, slug, name, place) in enumerate(
            (
                ("A", "de-hunebouwer", "De Hunebouwer", "Borger"),
                ("B", "de-brink", "De Brink", "Odoorn"),
                ("C", "het-veldkamp", "Het Veldkamp", "Exloo"),
                ("D", "de-zandhaas", "De Zandhaas", "Valthe"),
                ("E", "de-monden", "De Monden", "Nieuw-Buinen"),
                ("F", "t-spoor", "’t Spoor", "Tweede Exloërmond"),
                ("G", "de-heidehoek", "De Heidehoek", "Klijndijk"),
            )
        )
    ),
    questions=_three(
        (
            ("Schoolgids", "Dorpskrant", "Poster"),
            "Schoolgids, dorpskrant en poster",
            "School guide, village paper and poster",
        ),
        (
            ("Ouderapp", "Klassenblog met wachtwoord"),
            "Ouderapp en klassenblog met wachtwoord",
            "Parent app and class blog with password",
        ),
        (
            ("Facebook", "Instagram"),
            "Facebook en Instagram van school",
            "Facebook and Instagram of the school",
        ),
    ),
    settings={"asks_every_year": True, "reset_at_16": True, "pupil_may_veto": False, "yes_needs_code": True},
)

LANKFORST = FoundationPlan(
    slug="lankforst",
    name="Nutsschool Lankforst",
    governance=Governance.DENOMINATIONAL,
    region=HolidayRegion.SOUTH,
    help_phone="024 000 00 00",
    schools=(
        SchoolPlan(
            "lankforst",
            "Nutsschool Lankforst",
            "99LA",
            "Nijmegen",
            Sector.PO,
            _primary((8, 9, 9, 9, 9, 9, 9, 10)),
            "024 000 00 10",
        ),
    ),
    questions=_three(
        (
            ("Schoolgids", "Jaarboek", "Folder"),
            "Schoolgids, jaarboek en folder",
            "School guide, yearbook and leaflet",
        ),
        (
            ("Ouderapp", "Besloten fotoalbum"),
            "Ouderapp en besloten fotoalbum",
            "Parent app and closed photo album",
        ),
        (
            ("Instagram", "Facebook"),
            "Instagram en Facebook van school",
            "Instagram and Facebook of the school",
        ),
    ),
    # L1: a pupil's own no counts at any age. L8: one yes holds until 16, and can change any moment.
    settings={"asks_every_year": False, "reset_at_16": True, "pupil_may_veto": True, "yes_needs_code": False},
)

FOUNDATIONS = (OPMAAT, SEVENWOLDEN, KONOT, BORGER_ODOORN, LANKFORST)


def small(plan: FoundationPlan) -> FoundationPlan:
    """The same foundation for a test: few schools and small groups, every setting and question the same."""
    if plan is OPMAAT:
        schools = tuple(_shrunk(school) for school in plan.schools if school.brin in {"99OA", "99OF", "99OQ"})
    else:
        schools = tuple(
            replace(_shrunk(school), groups=_shrunk(school).groups[-SMALL_GROUPS_ELSEWHERE:])
            for school in plan.schools[:SMALL_SCHOOLS_ELSEWHERE]
        )
    return replace(plan, schools=schools)


def _shrunk(school: SchoolPlan) -> SchoolPlan:
    groups = tuple(replace(group, seats=min(group.seats, SMALL_GROUP)) for group in school.groups)
    return replace(school, groups=groups)
