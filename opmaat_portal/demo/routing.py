"""Who handles which report, per foundation (I2), from what their own protocols say; the first row that fits counts.

Every table begins with what may never reach a school: about the board → confidential adviser (the external adviser
of I2 has no account here), about the director → board, sexual and about staff → board, at once (I6). A colleague
who is reported must not be handled by the teacher whom pupils turn to; so "about staff" stands before the rows of
pupils. Every table ends with a row that fits all.
"""

from incidents.choices import About, Category, ReporterKind, Wish
from incidents.domain.routing import RowWords
from schools.choices import RoleName

Row = RowWords
FIRST = (
    Row(RoleName.ADVISER, about=About.BOARD),
    Row(RoleName.BOARD, category=Category.SEXUAL, about=About.DIRECTOR, is_at_once=True),
    Row(RoleName.BOARD, category=Category.SEXUAL, about=About.STAFF, is_at_once=True),
    Row(RoleName.BOARD, about=About.DIRECTOR),
    Row(RoleName.ADVISER, category=Category.SEXUAL, is_at_once=True),
    Row(RoleName.ADVISER, wish=Wish.ADVISER),
    Row(RoleName.DIRECTOR, category=Category.THREAT, is_at_once=True),
)
ABOUT_STAFF = Row(RoleName.DIRECTOR, about=About.STAFF)
TEACHER_AS_WISHED = Row(RoleName.TEACHER, wish=Wish.TEACHER)
BULLYING = Row(RoleName.ANTI_BULLYING, category=Category.BULLYING)
REST = Row(RoleName.DIRECTOR)

OPMAAT = (
    *FIRST,
    Row(RoleName.DIRECTOR, category=Category.DERAILED, is_at_once=True),  # O17
    ABOUT_STAFF,
    # O15: a negative post is reported to the direct supervisor.
    Row(RoleName.PHASE_COORDINATOR, category=Category.AGAINST_SCHOOL, reporter_kind=ReporterKind.STAFF),
    # A picture that should not be there is for who answers for the school's pages.
    Row(RoleName.DIRECTOR, category=Category.PHOTO),
    TEACHER_AS_WISHED,
    Row(RoleName.TEACHER, reporter_kind=ReporterKind.PUPIL),  # O11: a pupil tells the group teacher
    Row(RoleName.PHASE_COORDINATOR, reporter_kind=ReporterKind.STAFF),  # O11: a teacher, the supervisor
    BULLYING,
    REST,
)
SEVENWOLDEN = (
    *FIRST,
    # S7: doubt or derailing, the supervisor first.
    Row(
        RoleName.TEAM_LEADER,
        category=Category.DERAILED,
        reporter_kind=ReporterKind.STAFF,
        is_at_once=True,
    ),
    Row(RoleName.DIRECTOR, category=Category.DERAILED, is_at_once=True),
    ABOUT_STAFF,
    Row(RoleName.TEAM_LEADER, category=Category.AGAINST_SCHOOL),
    Row(RoleName.MENTOR, wish=Wish.TEACHER),
    Row(RoleName.MENTOR, reporter_kind=ReporterKind.PUPIL),
    BULLYING,
    REST,
)
KONOT = (
    *FIRST,
    ABOUT_STAFF,
    Row(RoleName.DIRECTOR, category=Category.DERAILED, is_at_once=True),
    # K3: no discussion online; the director talks with the parent in real life.
    Row(RoleName.DIRECTOR, category=Category.AGAINST_SCHOOL),
    TEACHER_AS_WISHED,
    BULLYING,
    REST,
)
BORGER_ODOORN = (
    *FIRST,
    ABOUT_STAFF,
    # B3: the mention is kept and the talk held in real life.
    Row(RoleName.DIRECTOR, category=Category.AGAINST_SCHOOL),
    Row(RoleName.DIRECTOR, category=Category.DERAILED, is_at_once=True),
    TEACHER_AS_WISHED,
    Row(RoleName.TEACHER, reporter_kind=ReporterKind.PUPIL),
    BULLYING,
    REST,
)
LANKFORST = (
    *FIRST,
    ABOUT_STAFF,
    # L10: a breach of the protocol goes straight to the school management.
    Row(RoleName.DIRECTOR, category=Category.PHOTO),
    Row(RoleName.DIRECTOR, category=Category.FAKE),  # L5: the school may investigate
    Row(RoleName.DIRECTOR, category=Category.AGAINST_SCHOOL),
    Row(RoleName.DIRECTOR, category=Category.DERAILED, is_at_once=True),
    TEACHER_AS_WISHED,
    # L10: staff report unwanted behaviour of pupils to the teacher concerned.
    Row(RoleName.TEACHER, reporter_kind=ReporterKind.STAFF, about=About.PUPIL),
    BULLYING,
    REST,
)
TABLES = {
    "opmaat": OPMAAT,
    "sevenwolden": SEVENWOLDEN,
    "konot": KONOT,
    "borger-odoorn": BORGER_ODOORN,
    "lankforst": LANKFORST,
}
