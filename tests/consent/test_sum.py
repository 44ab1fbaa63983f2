"""The sum is right: whatever families do and whatever the clock does, what staff see is what was said (C1-C11).

A machine does things with a real database. Beside it stands an oracle that knows nothing of the rule: it keeps a
plain list of what happened and works the answer out anew, slowly and naively. After every step the two are equal.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from consent.choices import Channel, Layer, Reason, Value
from consent.domain.decide import Choice, PupilDecides, decide
from consent.domain.facts import known_pupils, policy_of
from consent.domain.groups import known_group
from consent.domain.purposes import add_purpose, freeze_wording
from consent.domain.reminding import remind
from consent.domain.rounds import start_round
from consent.domain.store import KEEP_LATEST
from consent.models import Answer, PersonalLink, Submission
from consent.querysets import drifted, purposes_in_use
from consent.rules import state
from ledger.acting import SCHOOL_TIME, Actor, acting, system
from ledger.choices import ActorKind, Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.choices import Authority
from schools.models import (
    Enrolment,
    Foundation,
    Group,
    GroupMembership,
    Guardian,
    Guardianship,
    Pupil,
    SchoolYear,
)
from scripts import consent_table
from tests.cast import Cast, enrol_elsewhere, school, school_year

START = date(2027, 2, 10)
FOREVER = date(9999, 1, 1)
# Born so that the machine passes the day from which they decide; the second one is 15 on 1 March 2027.
BORN = (date(2012, 1, 1), date(2012, 2, 29), date(2018, 6, 5))
DESK = [Channel.SIGNED_IN, Channel.PAPER, Channel.PHONE, Channel.KIOSK]
ANSWERS = [Value.TALK, Value.NO, Value.YES]  # hypothesis shrinks to the first
PURPOSES = ("papier", "sociaal", "haven", "musical")


# -- the oracle: a list of what happened, and the slow way to work it out ------------------------------------------


@dataclass
class Said:
    day: date
    child: int
    who: int | None
    about: str
    value: Value
    words: int
    until: date


@dataclass
class Story:
    """Everything that happened, in order. Numbers are those of the database; nothing else is taken from it."""

    born: dict[int, date] = field(default_factory=dict)
    stays: dict[int, tuple[int, int, date, date]] = field(default_factory=dict)
    powers: dict[int, tuple[int, int, bool, date, date]] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    words: list[tuple[str, int, bool, date]] = field(default_factory=list)
    strict: set[str] = field(default_factory=set)
    only_at: dict[str, int] = field(default_factory=dict)
    event: dict[str, date] = field(default_factory=dict)
    decides_from: int = 16
    resets: bool = False
    veto: bool = False

    def age(self, child: int, day: date) -> int:
        born = self.born[child]
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def is_here(self, child: int, about: str, day: date) -> bool:
        wanted = self.only_at.get(about)
        for pupil, place, first, last in self.stays.values():
            if pupil == child and first <= day <= last and (wanted is None or place == wanted):
                return True
        return False

    def deciders(self, child: int, day: date) -> set[int]:
        return {
            who
            for pupil, who, full, first, last in self.powers.values()
            if pupil == child and full and first <= day <= last
        }

    def last_words(self, child: int, who: int | None, about: str, before: date = FOREVER) -> Said | None:
        mine = [s for s in self.said if (s.child, s.who, s.about) == (child, who, about) and s.day < before]
        return mine[-1] if mine else None

    def holds(self, said: Said, day: date) -> bool:
        if said.value != Value.YES or day > said.until:
            return False
        return not any(
            about == said.about and number > said.words and material and starts <= day
            for about, number, material, starts in self.words
        )

    def together(self, spoken: list[Said | None], about: str, day: date) -> bool:
        if not spoken or any(s is not None and s.value in (Value.NO, Value.TALK) for s in spoken):
            return False
        held = [s is not None and self.holds(s, day) for s in spoken]
        return all(held) if about in self.strict else any(held)

    def may_use(self, child: int, about: str, day: date) -> bool:
        if not self.is_here(child, about, day):
            return False
        own = self.last_words(child, None, about)
        if self.age(child, day) < self.decides_from:
            if self.veto and own is not None and own.value == Value.NO:
                return False
            return self.together(
                [self.last_words(child, who, about) for who in sorted(self.deciders(child, day))], about, day
            )
        if own is not None:
            return own.value == Value.YES and self.holds(own, day)
        if self.resets:
            return False
        eve = day
        while self.age(child, eve) >= self.decides_from:
            eve -= timedelta(days=1)
        before = eve + timedelta(days=1)
        spoken = [self.last_words(child, who, about, before) for who in sorted(self.deciders(child, eve))]
        return self.together(spoken, about, day)

    def first_day(self, child: int, about: str, day: date) -> date | None:
        """The day itself for who is there; for who is enrolled to begin later, that later day."""
        wanted = self.only_at.get(about)
        stays = [s for s in self.stays.values() if s[0] == child and s[3] >= day and wanted in (None, s[1])]
        return min((max(first, day) for _, _, first, _ in stays), default=None)

    def until(self, child: int, about: str, day: date) -> date:
        return summer_after(self.event.get(about) or self.first_day(child, about, day) or day)

    def may_answer(self, child: int, who: int, about: str, day: date) -> bool:
        first = self.first_day(child, about, day)
        return (
            first is not None
            and first <= max(day, self.event.get(about, FOREVER))
            and who in self.deciders(child, day)
            and self.age(child, day) < self.decides_from
            and (about not in self.event or day <= summer_after(self.event[about]))
        )


def summer_after(day: date) -> date:
    """The next 31 July, that day itself included."""
    while (day.month, day.day) != (7, 31):
        day += timedelta(days=1)
    return day


# -- the machine ---------------------------------------------------------------------------------------------------


def at(day: date, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), tzinfo=SCHOOL_TIME)


class School(RuleBasedStateMachine):
    """Two schools, three children, three guardians, four questions; everything is rolled back at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.now, self.rounds, self.story = at(START), 0, Story()
        self.home = Foundation.objects.create(slug="som", name="Stichting Som")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    @property
    def today(self) -> date:
        return self.now.astimezone(SCHOOL_TIME).date()

    def acting(self, actor: Actor | None = None) -> Any:
        return acting(actor or system("test"), [self.home.id], now=self.now)

    @initialize(
        age=st.sampled_from([15, 16]),
        resets=st.booleans(),
        veto=st.booleans(),
        parents=st.lists(st.sampled_from([0, 1, 2, 2, 3]), min_size=3, max_size=3),
    )
    def begin(self, age: int, resets: bool, veto: bool, parents: list[int]) -> None:
        self.story.decides_from, self.story.resets, self.story.veto = age, resets, veto
        self.home.decides_from_age, self.home.reset_at_16, self.home.pupil_may_veto = age, resets, veto
        self.home.save()
        with self.acting():
            for year in range(2026, 2035):
                school_year(self.home, date(year, 10, 1))
            self.baken, self.haven = (
                school(self.home, s, s, b) for s, b in (("baken", "99ZA"), ("haven", "99ZB"))
            )
            self._questions()
            self.group = Group.objects.create(
                foundation=self.home, school=self.haven, year=self._year(), source_key="8", name="8"
            )
            self.parents = [
                Guardian.objects.create(
                    foundation=self.home,
                    source_key=f"g{n}",
                    call_name=f"G{n}",
                    surname="X",
                    email=f"g{n}@som.example.org",
                )
                for n in range(3)
            ]
            self.children = [self._child(n, born) for n, born in enumerate(BORN)]
            for child, count in zip(self.children, parents, strict=True):
                for guardian in self.parents[:count]:
                    self._authority(child, guardian, Authority.FULL, self.story.born[child.id])

    def _year(self) -> SchoolYear:
        return SchoolYear.objects.get(starts_on__lte=self.today, ends_on__gte=self.today)

    def _questions(self) -> None:
        self.event_on = date(2027, 6, 20)
        self.purposes = {}
        for slug in PURPOSES:
            only_here = self.haven if slug == "haven" else None
            self.purposes[slug] = add_purpose(
                slug=slug,
                layer=Layer.SOCIAL if slug == "sociaal" else Layer.PAPER,
                short_label=slug,
                all_must_agree=slug == "sociaal",
                places=[f"plek {slug}"],
                words={"nl": (slug, slug)},
                in_force_on=START - timedelta(days=900),
                school=only_here,
                event_on=self.event_on if slug == "musical" else None,
            )
            self.story.words.append((slug, 1, True, START - timedelta(days=900)))
        self.story.strict, self.story.only_at = {"sociaal"}, {"haven": self.haven.id}
        self.story.event = {"musical": self.event_on}

    def _child(self, number: int, born: date) -> Pupil:
        child = Pupil.objects.create(
            foundation=self.home, source_key=f"p{number}", call_name=f"P{number}", surname="X", born_on=born
        )
        GroupMembership.objects.create(foundation=self.home, group=self.group, pupil=child)
        self.story.born[child.id] = born
        self._enrol(child, self.haven, START - timedelta(days=500))
        return child

    def _enrol(self, child: Pupil, where: Any, since: date) -> None:
        row = Enrolment.objects.create(foundation=self.home, pupil=child, school=where, since=since)
        self.story.stays[row.id] = (child.id, where.id, since, FOREVER)

    def _authority(self, child: Pupil, guardian: Guardian, kind: Authority, since: date) -> None:
        row = Guardianship.objects.create(
            foundation=self.home, pupil=child, guardian=guardian, authority=kind, since=since, source="test"
        )
        self.story.powers[row.id] = (child.id, guardian.id, kind == Authority.FULL, since, FOREVER)

    # -- what people do

    @rule(
        who=st.integers(0, 2),
        which=st.integers(0, 2),
        about=st.sampled_from(PURPOSES),
        value=st.sampled_from(ANSWERS),
        channel=st.sampled_from(DESK),
    )
    def answer(self, who: int, which: int, about: str, value: Value, channel: Channel) -> None:
        self._say(self.parents[who], self.children[which], [about], value, channel)

    @rule(which=st.integers(0, 2), values=st.lists(st.sampled_from(ANSWERS), min_size=3, max_size=3))
    def family_answers(self, which: int, values: list[Value]) -> None:
        """Each parent answers all that is asked of them, on one form."""
        child = self.children[which]
        for guardian, value in zip(self.parents, values, strict=True):
            asked = [p for p in PURPOSES if self.story.may_answer(child.id, guardian.id, p, self.today)]
            if asked:
                self._say(guardian, child, asked, value, Channel.SIGNED_IN)

    @precondition(lambda self: self.rounds)
    @rule(
        who=st.integers(0, 2),
        which=st.integers(0, 2),
        value=st.sampled_from(ANSWERS[1:]),
        about=st.sampled_from(PURPOSES),
    )
    def answer_by_link(self, who: int, which: int, value: Value, about: str) -> None:
        with self.acting():
            links = PersonalLink.objects.filter(
                guardian=self.parents[who], round__year__ends_on__gte=self.today
            )
            link = links.select_related("round").order_by("id").last()
        if link is not None:
            self._say(self.parents[who], self.children[which], [about], value, Channel.LINK, link=link)

    def _say(
        self,
        guardian: Guardian,
        child: Pupil,
        abouts: list[str],
        value: Value,
        channel: Channel,
        link: PersonalLink | None = None,
    ) -> None:
        closed = link is not None and value == Value.YES and self.today > link.round.closes_on
        asked = [self.story.may_answer(child.id, guardian.id, about, self.today) for about in abouts]
        choices = [Choice(child.id, self.purposes[about].id, value) for about in abouts]
        try:
            with self.acting(Actor(ActorKind.GUARDIAN, guardian.id, "test")):
                decide(guardian=guardian, choices=choices, channel=channel, language="nl", link=link)
            accepted = True
        except Refusal:
            accepted = False
        assert accepted is (all(asked) and not closed), (abouts, value, channel, self.today)
        for about in abouts if accepted else []:
            self._heard(child, guardian.id, about, value)

    def _heard(self, child: Pupil, who: int | None, about: str, value: Value) -> None:
        until = self.story.until(child.id, about, self.today)
        number = max(n for name, n, _, starts in self.story.words if name == about and starts <= self.today)
        self.story.said.append(Said(self.today, child.id, who, about, value, number, until))

    @rule(which=st.integers(0, 2), about=st.sampled_from(PURPOSES), value=st.sampled_from(ANSWERS))
    def pupil_answers(self, which: int, about: str, value: Value) -> None:
        """As rows: from 16 anything; before it only a no, where a foundation lets it count (C6a)."""
        child = self.children[which]
        if self.story.age(child.id, self.today) < self.story.decides_from:
            if not self.story.veto:
                return
            value = Value.NO
        until = self.story.until(child.id, about, self.today) if value == Value.YES else None
        with self.acting(Actor(ActorKind.PUPIL, child.id, "test")):
            fresh = purposes_in_use().get(slug=about)
            version = [v for v in fresh.versions.all() if v.in_force_on <= self.today][-1]
            common = {"foundation": self.home, "channel": Channel.SIGNED_IN, "language": "nl"}
            submission = Submission.objects.create(pupil=child, at=self.now, **common)
            row = Answer.objects.create(
                submission=submission,
                pupil=child,
                purpose=fresh,
                authority="pupil",
                value=value,
                version=version,
                text_sha256=version.texts.get(language="nl").sha256,
                decided_at=self.now,
                valid_until=until,
                entry=record(Verb.CHOICE_DECIDED, "pupil", child.id),
                **common,
            )
            with transaction.get_connection().cursor() as cursor:
                cursor.execute(KEEP_LATEST, [[row.id]])
        self._heard(child, None, about, value)

    @rule(which=st.integers(0, 2), last=st.integers(-1, 3), comes_back=st.booleans())
    def leave_or_move(self, which: int, last: int, comes_back: bool) -> None:
        child = self.children[which]
        open_rows = [
            pk for pk, stay in self.story.stays.items() if stay[0] == child.id and stay[3] == FOREVER
        ]
        if not open_rows:
            where = self.haven if comes_back else self.baken
            first = self.today + timedelta(days=max(last, 0) * 70)  # perhaps only after the summer
            taken = {stay[2] for stay in self.story.stays.values() if stay[:2] == (child.id, where.id)}
            if first not in taken:
                with self.acting():
                    self._enrol(child, where, first)
            return
        pk = open_rows[0]
        _, place, since, _ = self.story.stays[pk]
        until = max(since, self.today + timedelta(days=last))
        with self.acting():
            Enrolment.objects.filter(id=pk).update(until=until)
        self.story.stays[pk] = (child.id, place, since, until)

    @rule(
        which=st.integers(0, 2),
        who=st.integers(0, 2),
        kind=st.sampled_from(list(Authority)),
        ahead=st.integers(-2, 3),
    )
    def authority_changes(self, which: int, who: int, kind: Authority, ahead: int) -> None:
        """A court decides: what there was ends, something else begins, perhaps some days from now."""
        child, guardian, first = self.children[which], self.parents[who], self.today + timedelta(days=ahead)
        theirs = {pk: p for pk, p in self.story.powers.items() if p[:2] == (child.id, guardian.id)}
        if any(until >= first <= since for _, _, _, since, until in theirs.values()):
            return
        with self.acting():
            for pk, (pupil, whose, full, since, until) in theirs.items():
                if until >= first:
                    last = first - timedelta(days=1)
                    Guardianship.objects.filter(id=pk).update(until=last)
                    self.story.powers[pk] = (pupil, whose, full, since, last)
            self._authority(child, guardian, kind, first)

    @rule(who=st.integers(0, 2), secret=st.booleans(), address=st.sampled_from(["", "samen@som.example.org"]))
    def address_changes(self, who: int, secret: bool, address: str) -> None:
        """A secret address, no address, or one that two share: none of it changes who decides."""
        with self.acting():
            Guardian.objects.filter(id=self.parents[who].id).update(has_secret_address=secret, email=address)

    @rule(about=st.sampled_from(PURPOSES), material=st.booleans(), ahead=st.integers(0, 3))
    def words_change(self, about: str, material: bool, ahead: int) -> None:
        mine = [words for words in self.story.words if words[0] == about]
        starts = max(self.today + timedelta(days=ahead), mine[-1][3])
        with self.acting():
            version = freeze_wording(
                purpose=self.purposes[about],
                words={"nl": (about, f"{len(mine)}")},
                is_material=material,
                in_force_on=starts,
            )
        self.story.words.append((about, version.number, material, starts))

    @rule()
    def new_round(self) -> None:
        self.rounds += 1
        with self.acting():
            year = self._year()
            if (year.ends_on - self.today).days < 8:
                return
            round_ = start_round(
                name=f"Ronde {self.rounds}",
                year=year,
                purposes=list(self.purposes.values()),
                opens_on=self.today,
                remind_before=[2],
                closes_on=self.today + timedelta(days=5),
            ).round
            remind(round_)

    # -- what the clock does

    @rule(seconds=st.integers(1, 200_000))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(days=st.integers(1, 120))
    def days_pass(self, days: int) -> None:
        self.now = at(self.today + timedelta(days=days))

    @rule(before=st.booleans(), which=st.integers(0, 5))
    def a_day_that_matters(self, before: bool, which: int) -> None:
        """To the last second before it, or to its first: year turn, clocks, leap day, birthdays."""
        this = self.today.year
        days = [date(year, 8, 1) for year in (this, this + 1)]
        days += [date(this, 3, 28), date(this, 10, 31), date(2027, 3, 1), date(2028, 2, 29), date(2028, 1, 1)]
        coming = sorted(day for day in days if at(day) > self.now)
        if coming:
            day = coming[min(which, len(coming) - 1)]
            self.now = max(self.now, at(day) - timedelta(hours=12, seconds=1) if before else at(day, 0))

    # -- and after every step

    @invariant()
    def what_staff_see_is_what_was_said(self) -> None:
        if not self.story.born:
            return
        with self.acting():
            group = known_group(self.group.code, self.home)
            assert drifted() == []
        names = {purpose.id: slug for slug, purpose in self.purposes.items()}
        is_over = self.today > summer_after(self.event_on)
        assert {names[p.id] for p in group.purposes} == set(PURPOSES) - ({"musical"} if is_over else set())
        for pupil in group.pupils:
            for purpose in group.purposes:
                found = state(pupil.facts, purpose.policy, self.today)
                expected = self.story.may_use(pupil.id, names[purpose.id], self.today)
                assert found.is_allowed is expected, (names[purpose.id], pupil.call_name, self.today, found)
                assert found.is_allowed is (found.reason == Reason.AGREED)


def test_whatever_happens_the_state_is_what_was_said(db):
    """C11, at any moment: no job has to run for a birthday, a year turn or an end of authority to count."""
    run_machine(
        School,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# -- the same moments, one by one ----------------------------------------------------------------------------------


def reason_at(cast: Cast, child: Any, slug: str, now: datetime) -> Reason:
    """What the check says at that second of business time."""
    with cast.acting(now=now) as act:
        purpose = purposes_in_use().get(slug=slug)
        return state(known_pupils([child.id])[0].facts, policy_of(purpose, cast.home), act.today).reason


def says(cast: Cast, guardian: Any, child: Any, value: Value, now: datetime, slug: str = "papier") -> None:
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "test"), now=now):
        choice = Choice(child.id, cast.purposes[slug].id, value)
        decide(guardian=guardian, choices=[choice], channel=Channel.SIGNED_IN, language="nl")


def last_second(day: date) -> datetime:
    return at(day, 23, 59, 59)


def first_second(day: date) -> datetime:
    return at(day, 0)


# A day in winter time, one in summer time, both changes of the clock, the leap day and the year turn.
MOMENTS = [date(2028, 1, 15), date(2028, 3, 26), date(2028, 7, 1), date(2028, 10, 29), date(2028, 2, 29)]


@pytest.mark.parametrize("last", MOMENTS)
def test_a_yes_ends_at_local_midnight_after_its_last_day(cast, last):
    with cast.acting():
        SchoolYear.objects.create(
            foundation=cast.home, name="proef", starts_on=last - timedelta(days=20), ends_on=last
        )
    says(cast, cast.karol, cast.bo, Value.YES, at(last - timedelta(days=9)))

    assert reason_at(cast, cast.bo, "papier", last_second(last)) == Reason.AGREED
    assert reason_at(cast, cast.bo, "papier", first_second(last + timedelta(days=1))) == Reason.EXPIRED


@pytest.mark.parametrize("last", MOMENTS)
def test_authority_ends_at_local_midnight(cast, last):
    says(cast, cast.karol, cast.bo, Value.NO, at(last - timedelta(days=9)))
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.karol).update(until=last)

    assert reason_at(cast, cast.bo, "papier", last_second(last)) == Reason.REFUSED
    assert reason_at(cast, cast.bo, "papier", first_second(last + timedelta(days=1))) == Reason.NO_DECIDER


@pytest.mark.parametrize("day", MOMENTS)
def test_leaving_and_coming_back_turn_at_local_midnight(cast, day):
    says(cast, cast.karol, cast.bo, Value.NO, at(day - timedelta(days=9)))
    with cast.acting():
        cast.bo.enrolments.update(until=day)
        enrol_elsewhere(cast.bo, cast.harbour, day + timedelta(days=2))

    seen = [
        reason_at(cast, cast.bo, "papier", moment)
        for moment in (
            last_second(day),
            first_second(day + timedelta(days=1)),
            last_second(day + timedelta(days=1)),
            first_second(day + timedelta(days=2)),
        )
    ]
    assert seen == [Reason.REFUSED, Reason.NOT_ENROLLED, Reason.NOT_ENROLLED, Reason.REFUSED]


@pytest.mark.parametrize(
    ("born", "age", "first"),
    [
        (date(2012, 3, 25), 16, date(2028, 3, 25)),  # the night that the clock goes forward
        (date(2012, 2, 29), 16, date(2028, 2, 29)),
        (date(2012, 2, 29), 15, date(2027, 3, 1)),  # C2
        (date(2012, 2, 29), 18, date(2030, 3, 1)),
        (date(2012, 8, 1), 16, date(2028, 8, 1)),
    ],
)
def test_the_pupil_decides_from_the_first_second_of_the_birthday(cast, born, age, first):
    with cast.acting():
        Pupil.objects.filter(id=cast.bo.id).update(born_on=born)
        Foundation.objects.filter(id=cast.home.id).update(decides_from_age=age)
    cast.home.decides_from_age = age
    before = last_second(first - timedelta(days=1))
    with cast.acting():
        school_year(cast.home, first)
    says(cast, cast.karol, cast.bo, Value.NO, before)

    with pytest.raises(PupilDecides):
        says(cast, cast.karol, cast.bo, Value.YES, first_second(first))
    assert reason_at(cast, cast.bo, "papier", first_second(first)) == Reason.REFUSED  # C8: frozen
    cast.home.reset_at_16 = True
    assert reason_at(cast, cast.bo, "papier", before) == Reason.REFUSED
    assert reason_at(cast, cast.bo, "papier", first_second(first)) == Reason.PUPIL_DECIDES


def test_the_table_of_two_parents_says_what_the_rule_says():
    assert consent_table.TARGET.read_text() == consent_table.table()
