from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import HashIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ledger.codes import random_code
from ledger.retention import Keep

from .choices import (
    FOUNDATION_ROLES,
    GROUP_ROLES,
    RESERVED_SLUGS,
    Authority,
    Governance,
    HolidayRegion,
    ImportState,
    PersonKind,
    Representation,
    RoleName,
    Sector,
)

AFTER_LEAVING = Keep("2 years after leaving", "E3; needed to prove the consent that was given")


class FoundationRow(models.Model):
    """A row that belongs to one foundation; the database wall and composite keys stand in the migrations."""

    foundation = models.ForeignKey(
        "schools.Foundation", on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        abstract = True


def tenant_key(to: str, **options: object) -> models.ForeignKey:
    """A foreign key inside the wall: its constraint is composite, made in SQL (see ledger.walls)."""
    options.setdefault("on_delete", models.PROTECT)
    return models.ForeignKey(to, db_constraint=False, **options)  # type: ignore[misc,call-overload,no-any-return]


class Foundation(models.Model):
    """A school foundation (stichting): the tenant, with its settings. Outside the wall: found by slug."""

    retention = Keep("as long as it uses the portal", "contract")
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    help_phone = models.CharField(max_length=30, blank=True)
    help_email = models.EmailField(blank=True)
    decides_from_age = models.PositiveSmallIntegerField(default=16)
    reset_at_16 = models.BooleanField(default=False)
    pupil_may_veto = models.BooleanField(default=False)
    asks_every_year = models.BooleanField(default=True)
    yes_needs_code = models.BooleanField(default=False)
    # Kept beside `consent.ApprovedLanguage`, which says who and when: every page and every mail asks for it.
    approved_languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(slug__in=RESERVED_SLUGS), name="foundation_slug_free")
        ]

    def __str__(self) -> str:
        return self.name


class School(FoundationRow):
    """A location, with its own number in the national register (BRIN and location)."""

    retention = Keep("as long as the foundation uses the portal", "contract")
    slug = models.SlugField()
    name = models.CharField(max_length=120)
    brin = models.CharField(max_length=4)
    location_number = models.CharField(max_length=2, default="00")
    sector = models.CharField(max_length=2, choices=Sector)
    governance = models.CharField(max_length=15, choices=Governance)
    region = models.CharField(max_length=10, choices=HolidayRegion)
    phone = models.CharField(max_length=30, blank=True)
    place = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "slug"], name="school_slug"),
            models.UniqueConstraint(fields=["foundation", "brin", "location_number"], name="school_brin"),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolYear(FoundationRow):
    """1 August to 31 July, both days included."""

    retention = Keep("as long as the foundation uses the portal", "contract")
    name = models.CharField(max_length=9)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "name"], name="school_year_name"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="school_year_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Vacation(FoundationRow):
    """Days without school, both included: of all schools, or of one. National holidays are not in it.

    A table of the foundation, because a school may shift the days that the ministry advises.
    """

    retention = Keep("as long as the foundation uses the portal", "I7: terms count school days")
    school = tenant_key(School, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField()

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "school", "since"], name="vacation_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="vacation_order"),
        ]

    def __str__(self) -> str:
        return self.name


class Group(FoundationRow):
    """A class or group of one school in one school year."""

    retention = AFTER_LEAVING
    code = models.CharField(max_length=10, unique=True, default=random_code)
    school = tenant_key(School)
    year = tenant_key(SchoolYear)
    source_key = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    grade = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "school", "year", "source_key"], name="group_source"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Person(FoundationRow):
    """The name of somebody, as the school knows it."""

    code = models.CharField(max_length=10, unique=True, default=random_code)
    source_key = models.CharField(max_length=80)
    call_name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=20, blank=True)
    surname = models.CharField(max_length=80)
    email = models.EmailField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.call_name, self.prefix, self.surname) if part)

    @property
    def short_name(self) -> str:
        """First name and initial: enough to tell classmates apart, too little to find them by."""
        return f"{self.call_name} {self.surname[:1]}." if self.surname else self.call_name


class Pupil(Person):
    """A child or young adult at school. Never a BSN, PGN or ECK iD: `source_key` is BRIN and pupil number."""

    retention = AFTER_LEAVING
    born_on = models.DateField()

    class Meta:
        ordering = ["call_name", "surname", "id"]
        constraints = [models.UniqueConstraint(fields=["foundation", "source_key"], name="pupil_source")]
        # A check asks for each pupil of a group. In a tree each of these looks grows with the table, by hash none.
        _born_on = models.Index(fields=["born_on", "foundation"], name="pupil_born_on")
        indexes = [HashIndex(fields=["id"], name="pupil_by_id"), _born_on]


class GroupMembership(FoundationRow):
    retention = AFTER_LEAVING
    group = tenant_key(Group, related_name="memberships")
    pupil = tenant_key(Pupil, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "group", "pupil"], name="membership_once")
        ]


class Period(models.Model):
    """From a day until a day, both included; an open end has no `until`."""

    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Enrolment(FoundationRow, Period):
    """Which school a pupil belongs to, from when until when; outside it every use is forbidden (C1)."""

    retention = AFTER_LEAVING
    pupil = tenant_key(Pupil, related_name="enrolments", db_index=False)
    school = tenant_key(School)

    class Meta:
        indexes = [HashIndex(fields=["pupil"], name="enrolment_pupil")]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "pupil", "school", "since"], name="enrolment_once"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="enrolment_order",
            ),
        ]


class Guardian(Person):
    """A parent or other guardian of one or more children, known to one foundation."""

    retention = AFTER_LEAVING
    language = models.CharField(max_length=8, default="nl")
    has_secret_address = models.BooleanField(default=False)

    class Meta:
        ordering = ["surname", "call_name", "id"]
        _email = models.Index(fields=["email", "foundation"], name="guardian_email")
        indexes = [_email, models.Index(Lower("email"), name="guardian_email_lower")]
        constraints = [models.UniqueConstraint(fields=["foundation", "source_key"], name="guardian_source")]


class Guardianship(FoundationRow, Period):
    """What a guardian may do for this child, since when, and who says so (gezag)."""

    retention = AFTER_LEAVING
    guardian = tenant_key(Guardian, related_name="guardianships")
    pupil = tenant_key(Pupil, related_name="guardianships", db_index=False)
    authority = models.CharField(max_length=10, choices=Authority)
    may_be_contacted = models.BooleanField(default=True)
    # curatele, mentorschap: this person decides also for a pupil who is old enough to decide alone (C2, UAVG 5)
    beyond_16 = models.BooleanField(default=False, db_default=False)
    representation = models.CharField(
        max_length=12, choices=Representation, blank=True, default="", db_default=""
    )
    source = models.CharField(max_length=60)
    source_on = models.DateField(null=True, blank=True)  # the date on the paper that the school has seen
    verified_by = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [HashIndex(fields=["pupil"], name="guardianship_pupil")]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "guardian", "pupil", "since"], name="guardianship_once"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="guardianship_order",
            ),
        ]


class StaffMember(Person):
    """Somebody who works for the foundation; what they may do is told by their roles."""

    retention = Keep("2 years after the last role ended", "E3")
    has_left = models.BooleanField(default=False)

    class Meta:
        ordering = ["surname", "call_name", "id"]
        constraints = [models.UniqueConstraint(fields=["foundation", "source_key"], name="staff_source")]


class Role(FoundationRow, Period):
    """A role has a place (group, school or whole foundation) and a period."""

    retention = Keep("2 years after it ended", "E2: who could see what, when")
    staff_member = tenant_key(StaffMember, related_name="roles")
    name = models.CharField(max_length=20, choices=RoleName)
    school = tenant_key(School, null=True, blank=True)
    group = tenant_key(Group, null=True, blank=True, related_name="roles")

    class Meta:
        ordering = ["id"]
        # Who works for the whole foundation is a colleague at every school: found without reading the others.
        _everywhere = models.Q(school=None, group=None)
        indexes = [models.Index(fields=["foundation"], name="role_everywhere", condition=_everywhere)]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(group=None) ^ models.Q(name__in=sorted(str(name) for name in GROUP_ROLES)),
                name="role_place_group",
                violation_error_code="role_needs_group",
                violation_error_message=_("A teacher, mentor or substitute belongs to a group."),
            ),
            models.CheckConstraint(
                condition=~models.Q(name__in=sorted(str(name) for name in FOUNDATION_ROLES))
                | models.Q(school=None),
                name="role_place_foundation",
                violation_error_code="role_of_foundation",
                violation_error_message=_("This role belongs to the whole foundation."),
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="role_order"
            ),
        ]


class ImportBatch(FoundationRow):
    """One import of a school: looked at, then taken in or stopped, perhaps undone.

    `rows` holds what the portal needs of the files (never the files), `journal` what was changed, to undo it;
    both are emptied 24 hours later. The numbers stay.
    """

    retention = Keep(
        "rows and journal 24 hours; the numbers 2 years", "AVG 5(1)(c); E2: who took in what, when"
    )
    code = models.CharField(max_length=10, unique=True, default=random_code)
    school = tenant_key(School)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.CHECKED)
    rows = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    journal = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    same_people = models.JSONField(default=dict)
    numbers = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = tenant_key(StaffMember, null=True, related_name="+")
    asked_by = tenant_key(StaffMember, null=True, related_name="+")
    confirmed_by = tenant_key(StaffMember, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["foundation", "school", "state"], name="import_school_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("asked_by")),
                name="import_second_person",
                violation_error_code="same_person",
                violation_error_message=_("Somebody else must agree with this import."),
            )
        ]

    def __str__(self) -> str:
        return self.code


class KnownAs(FoundationRow):
    """A second number of a person whom a human recognised: another school, the same child.

    Written when somebody answers "this is the same person" at a close match, so that it is asked once.
    """

    retention = AFTER_LEAVING
    kind = models.CharField(max_length=10, choices=PersonKind)
    source_key = models.CharField(max_length=80)
    pupil = tenant_key(Pupil, null=True, related_name="+")
    guardian = tenant_key(Guardian, null=True, related_name="+")
    staff_member = tenant_key(StaffMember, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "kind", "source_key"], name="known_as_once"),
            models.CheckConstraint(
                condition=models.Q(
                    kind=PersonKind.PUPIL, pupil__isnull=False, guardian=None, staff_member=None
                )
                | models.Q(kind=PersonKind.GUARDIAN, pupil=None, guardian__isnull=False, staff_member=None)
                | models.Q(kind=PersonKind.STAFF, pupil=None, guardian=None, staff_member__isnull=False),
                name="known_as_one_person",
            ),
        ]

    def __str__(self) -> str:
        return self.source_key
