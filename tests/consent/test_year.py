"""A whole foundation through a whole school year, on a simulated clock: what really left, and when (R1-R5, C3).

The loop calls what the beat calls: every three hours what sends, each morning (on busy days at night and noon too) what
writes mails, and in the two nights in which the clock changes both every half hour. A real SMTP server takes the mails.
What should have happened is reckoned here, from what this test knows by itself of the families, the calendar and
the answers.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from uuid import UUID

import pytest
import time_machine

from consent import tasks
from consent.choices import Channel, RoundKind, Value
from consent.domain.decide import Choice, decide
from consent.domain.facts import known_pupils, policy_of
from consent.domain.holding import pause, resume, stop
from consent.domain.own import decide_for_self
from consent.domain.purposes import add_purpose, mark_of, reword
from consent.domain.rounds import ask_new_pupils, start_round
from consent.models import LatestAnswer, PersonalLink, Purpose, Round
from consent.querysets import drifted, purposes_in_use
from consent.rules import Days, state
from ledger.acting import SCHOOL_TIME, Actor
from ledger.choices import ActorKind
from notices.domain import deliver
from notices.domain.stop import clear_stopped
from notices.models import Claim, Message, message_id_of
from schools.models import Enrolment
from tests.cast import _purposes

from .year import (
    BEGIN,
    END,
    LEAP_DAY,
    VACATIONS,
    YEAR_TURN,
    Arrived,
    Child,
    Post,
    World,
    add_child,
    add_parents,
    make_world,
)

FIRST = {"consent/invite", "consent/pupil_invite", "consent/staff_invite"}
PARENTS_REMINDED = {"consent/reminder", "consent/reminder_2", "consent/reminder_3"}
REMINDED = PARENTS_REMINDED | {"consent/pupil_reminder", "consent/staff_reminder"}
HOLIDAYS = {date(2027, 12, 25), date(2027, 12, 26), date(2028, 1, 1), date(2028, 4, 16), date(2028, 4, 17),
            date(2028, 4, 27), date(2028, 5, 25), date(2028, 6, 4), date(2028, 6, 5)}  # fmt: skip
NIGHTS_OF_CHANGE = {date(2027, 10, 31), date(2028, 3, 26)}
STEP, SMALL_STEP = timedelta(hours=3), timedelta(minutes=30)
ANSWERS_A_DAY, SEED = 0.03, 20272028
SILENT = (1, 3, 12)  # families that never answer: of both schools, of De Eik, of De Beuk
NEW_WORDS = date(2028, 3, 6)


@dataclass
class Diary:
    """What somebody would have written down who watched the whole year."""

    world: World
    post: Post
    rng: Random = field(default_factory=lambda: Random(SEED))
    rounds: dict[str, Round] = field(default_factory=dict)
    answers: list[tuple[datetime, int, int, int, Value]] = field(default_factory=list)
    colleagues: dict[str, datetime] = field(default_factory=dict)
    quiet: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    invited: dict[str, dict[int, date]] = field(default_factory=dict)
    causes: dict[UUID, str] = field(default_factory=dict)

    def purpose(self, slug: str) -> Purpose:
        return Purpose.objects.get(slug=slug)

    def start(self, name: str, opens: str, closes: str, before: list[int], **more) -> None:
        kind = more.pop("kind", RoundKind.YEARLY)
        with self.world.acting():
            purposes = more.pop("purposes", None) or list(Purpose.objects.order_by("id"))
            self.rounds[name] = start_round(
                name=name,
                year=self.world.year,
                purposes=purposes,
                opens_on=date.fromisoformat(opens),
                closes_on=date.fromisoformat(closes),
                remind_before=before,
                kind=kind,
                **more,
            ).round

    def everybody_is_invited(
        self, name: str, on: str, opens: Callable[[set[str]], str] | None = None
    ) -> None:
        """All who decide for somebody, and can be reached; `opens` by the schools of their children."""
        self.invited[name] = {}
        for family in self.world.families:
            for one in family.guardians:
                mine = family.deciding_for(date.fromisoformat(on))
                if mine and one.id not in self.world.unreachable:
                    day = opens({child.school.slug for child in mine}) if opens else on
                    self.invited[name][one.id] = date.fromisoformat(day)


# What happens in the year, each on its day at eleven, before the tasks of that moment


def ask_who_is_new(diary: Diary) -> None:
    with diary.world.acting():
        diary.rounds["new"] = ask_new_pupils(year=diary.world.year, schools=[], answer_days=21)
    diary.invited["new"] = {}


def ask_everybody(diary: Diary) -> None:
    beech, oak = diary.world.schools
    own = {oak.id: Days(date(2027, 9, 13), date(2027, 10, 22))}
    diary.start("year", "2027-09-06", "2027-10-03", [14, 7, 2], own_days=own)
    diary.everybody_is_invited(
        "year", "2027-09-06", lambda slugs: "2027-09-06" if beech.slug in slugs else "2027-09-13"
    )


def somebody_new(diary: Diary, name: str, since: str) -> None:
    with diary.world.acting() as act:
        child = add_child(diary.world, name, date(2017, 1, 1), 0, since=date.fromisoformat(since))
        family = add_parents(diary.world, [child], f"Vader{name}", f"Moeder{name}")
        diary.invited["new"] |= {one.id: act.today for one in family.guardians}


def parents_disagree(diary: Diary) -> None:
    one, other = diary.world.families[0].guardians
    with diary.world.acting():
        paper = diary.purpose("papier")
    say(diary, one.id, [(diary.world.families[0].children[0], paper, Value.YES)])
    say(diary, other.id, [(diary.world.families[0].children[0], paper, Value.NO)])


def wait(diary: Diary, name: str, until: str) -> None:
    with diary.world.acting() as act:
        pause(diary.rounds[name])
        diary.quiet.append((diary.rounds[name].cause, act.now, at_eleven(until)))


def go_on(diary: Diary, name: str) -> None:
    with diary.world.acting():
        resume(diary.rounds[name])


def end(diary: Diary, name: str) -> None:
    with diary.world.acting() as act:
        stop(diary.rounds[name])
        diary.quiet.append((diary.rounds[name].cause, act.now, at_eleven("2029-01-01")))
    clear_stopped()


def ask_colleagues(diary: Diary) -> None:
    diary.start("staff", "2027-11-08", "2027-11-22", [7, 2], kind=RoundKind.STAFF)


def a_colleague_answers(diary: Diary) -> None:
    person = diary.world.colleagues[0]
    with diary.world.acting(Actor(ActorKind.STAFF, person.id, "signed_in")) as act:
        decide_for_self(staff_member=person, values={diary.purpose("papier").id: Value.NO}, language="nl")
        diary.colleagues[person.email] = act.now


def somebody_leaves(diary: Diary) -> None:
    child = diary.world.families[3].children[0]
    child.until = date(2027, 12, 31)
    with diary.world.acting():
        Enrolment.objects.filter(pupil=child.pupil).update(until=child.until)


def ask_about_event(
    diary: Diary, name: str, event_on: str, opens: str, closes: str, before: list[int]
) -> None:
    with diary.world.acting() as act:
        purpose = add_purpose(
            slug=name,
            layer="paper",
            short_label=name,
            all_must_agree=False,
            places=[name],
            words={"nl": (name, "Waar het over gaat")},
            in_force_on=act.today,
            event_on=date.fromisoformat(event_on),
        )
    diary.start(name, opens, closes, before, kind=RoundKind.EVENT, purposes=[purpose])


def change_words(diary: Diary) -> None:
    with diary.world.acting():
        purpose = diary.purpose("besloten")
        reword(
            purpose=purpose,
            words={
                "nl": ("Ouderapp", "Nu ook voor wie hier vroeger was"),
                "en": ("App", "Also for former pupils"),
            },
            places=[place.name for place in purpose.places.order_by("position", "id")],
            is_material=True,
            in_force_on=NEW_WORDS,
            seen=mark_of(purpose),
        )


def ask_anew(diary: Diary) -> None:
    day = date(2028, 3, 20)
    with diary.world.acting():
        purpose = diary.purpose("besloten")
    diary.start("anew", "2028-03-20", "2028-04-03", [8, 2], kind=RoundKind.MATERIAL, purposes=[purpose])
    said = {(who, child): value for _at, who, child, about, value in diary.answers if about == purpose.id}
    diary.invited["anew"] = {
        one.id: day
        for family in diary.world.families
        for one in family.guardians
        if any(said.get((one.id, child.pupil.id)) == Value.YES for child in family.deciding_for(day))
        and one.id not in diary.world.unreachable
    }


ACTS: dict[str, list[Callable[[Diary], None]]] = {
    "2027-08-02": [ask_who_is_new],
    "2027-08-30": [ask_everybody],
    "2027-09-10": [parents_disagree],
    "2027-09-15": [partial(somebody_new, name="Herfst", since="2027-09-27")],
    "2027-10-06": [partial(wait, name="year", until="2027-10-11")],
    "2027-10-11": [partial(go_on, name="year")],
    "2027-11-01": [ask_colleagues],
    "2027-11-10": [a_colleague_answers],
    "2027-11-30": [somebody_leaves],
    "2027-12-01": [partial(somebody_new, name="Januari", since="2028-01-10")],
    "2027-12-20": [
        partial(
            ask_about_event,
            name="musical",
            event_on="2028-01-20",
            opens="2027-12-24",
            closes="2028-01-12",
            before=[5],
        ),
        lambda diary: diary.everybody_is_invited("musical", "2027-12-24"),
    ],
    "2028-02-29": [change_words],
    "2028-03-19": [ask_anew],
    "2028-05-10": [
        partial(
            ask_about_event,
            name="reis",
            event_on="2028-06-20",
            opens="2028-05-14",
            closes="2028-05-28",
            before=[7],
        ),
        lambda diary: diary.everybody_is_invited("reis", "2028-05-15"),  # the fourteenth is a Sunday
    ],
    "2028-05-18": [partial(end, name="reis")],
    "2028-06-02": [
        partial(
            ask_about_event,
            name="feest",
            event_on="2028-07-01",
            opens="2028-06-04",
            closes="2028-06-20",
            before=[7],
        ),
        lambda diary: diary.invited.update(
            feest={}
        ),  # waits over Whitsun, and is stopped before anything left
    ],
    "2028-06-05": [partial(end, name="feest")],
    "2028-06-10": [partial(somebody_new, name="Zomer", since="2028-08-28")],
}


def at_eleven(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(9), tzinfo=UTC)


def moments() -> Iterator[datetime]:
    """Every three hours; in the nights in which the clock changes every half hour."""
    moment, last = datetime.combine(BEGIN, time(), tzinfo=UTC), datetime.combine(END, time(), tzinfo=UTC)
    while moment < last:
        yield moment
        local, is_between = moment.astimezone(SCHOOL_TIME), moment.hour % 3 or moment.minute
        in_the_night = local.date() in NIGHTS_OF_CHANGE and local.hour < 9
        moment += SMALL_STEP if in_the_night or is_between else STEP


def say(diary: Diary, guardian_id: int, said: list[tuple[Child, Purpose, Value]]) -> None:
    guardian = next(g for g in diary.world.family_of(guardian_id).guardians if g.id == guardian_id)
    with diary.world.acting(Actor(ActorKind.GUARDIAN, guardian_id, "signed_in")) as act:
        decide(
            guardian=guardian,
            choices=[Choice(child.pupil.id, purpose.id, value) for child, purpose, value in said],
            channel=Channel.SIGNED_IN,
            language="nl",
        )
        diary.answers += [
            (act.now, guardian_id, child.pupil.id, about.id, value) for child, about, value in said
        ]


def somebody_answers(diary: Diary) -> None:
    """Of the parents with an open link some, about some of it; yes most, and no, and a talk."""
    with diary.world.acting() as act:
        links = PersonalLink.objects.filter(opens_on__lte=act.today, closes_on__gte=act.today)
        open_links = list(links.order_by("id").values_list("guardian_id", "round_id"))
        asked = {
            one.id: list(Purpose.objects.filter(roundpurpose__round=one).order_by("id"))
            for one in diary.rounds.values()
        }
        today = act.today
    for guardian_id, round_id in open_links:
        family = diary.world.family_of(guardian_id)
        if diary.rng.random() < ANSWERS_A_DAY and not any(family is diary.world.families[n] for n in SILENT):
            children = family.deciding_for(today)
            about = diary.rng.sample(asked[round_id], diary.rng.randint(1, len(asked[round_id])))
            values = [diary.rng.choice([Value.YES, Value.YES, Value.NO, Value.TALK]) for _ in about]
            pairs = list(zip(about, values, strict=True))
            if children:
                say(diary, guardian_id, [(child, *pair) for child in children for pair in pairs])


def plan(diary: Diary) -> None:
    """What the beat calls to write mails; at a second time of a day there must be nothing left for it."""
    tasks.write_rounds()
    tasks.ask_new_families()
    tasks.remind_due()
    tasks.tell_of_age()


def send(diary: Diary) -> None:
    """What the beat calls to send them, and what the workers do when it rings. An empty outbox is not swept."""
    planned = dict(Claim.objects.values_list("id", "cause"))
    diary.causes |= planned
    for lane in deliver.sweep() if planned else ():
        while deliver.deliver_due(lane):
            pass


def is_busy(diary: Diary, day: date) -> bool:
    """Something of the calendar happens, or a round goes on."""
    return day.isoformat() in ACTS or any(
        one.opens_on <= day <= one.closes_on for one in diary.rounds.values() if one.answer_days is None
    )


@pytest.mark.django_db(transaction=True)
def test_a_year_of_a_whole_foundation(settings):
    settings.QUIET_TIMES, settings.MAILS_FROM_HOUR = True, 7
    settings.OUTBOX_PACE = {"*": 1e9}  # on a clock that stands still, a provider's patience never ends
    settings.EMAIL_BACKEND = "notices.backend.OutboxBackend"
    post = Post()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{post.port}"
    try:
        diary = live_through(post)
    finally:
        post.stop()
    for judge in JUDGES:
        judge(diary)


def live_through(post: Post) -> Diary:
    with time_machine.travel(datetime.combine(BEGIN, time(), tzinfo=UTC), tick=False) as clock:
        world = make_world()
        diary = Diary(world, post)
        with world.acting():
            _purposes(world.foundation)
        for moment in moments():
            clock.move_to(moment)
            if moment.hour == 9 and moment.minute == 0:
                for act in ACTS.get(moment.date().isoformat(), ()):
                    act(diary)
            local = moment.astimezone(SCHOOL_TIME)
            if moment.hour == 12 and moment.minute == 0:
                somebody_answers(diary)
            at_odd_hours = (local.hour < 3 or moment.hour == 12) and is_busy(diary, local.date())
            if moment.hour == 9 or at_odd_hours or local.date() in NIGHTS_OF_CHANGE:
                plan(diary)
            send(diary)
        judge_the_year_turn(diary)
    return diary


# What must be true of the mails that really arrived


@dataclass(frozen=True)
class RoundMail:
    """A mail of a round to a parent, with what the outbox says that it was about."""

    mail: Arrived
    guardian_id: int
    cause: str


def mails_to_parents(diary: Diary) -> list[RoundMail]:
    with diary.world.acting():
        rows = {
            message_id_of(pk): (guardian_id, cause)
            for pk, guardian_id, cause in Message.objects.values_list("id", "guardian_id", "cause")
        }
    return [
        RoundMail(mail, *rows[mail.message_id])
        for mail in diary.post.arrived
        if mail.kind in PARENTS_REMINDED | {"consent/invite"}
    ]


def round_mails(diary: Diary) -> list[Arrived]:
    return [mail for mail in diary.post.arrived if mail.kind in FIRST | REMINDED]


def judge_hours(diary: Diary) -> None:
    """Nobody is disturbed: not at night, on a Sunday or a holiday; no reminder in a vacation of the children."""
    for mail in round_mails(diary):
        local = mail.at.astimezone(SCHOOL_TIME)
        assert 7 <= local.hour < 20, mail
        assert local.weekday() != 6, mail
        assert local.date() not in HOLIDAYS, mail
    for one in mails_to_parents(diary):
        if one.mail.kind in PARENTS_REMINDED:
            children = diary.world.family_of(one.guardian_id).deciding_for(one.mail.day)
            assert not any(is_vacation(child, one.mail.day) for child in children), one


def is_vacation(child: Child, day: date) -> bool:
    return any(
        date.fromisoformat(since) <= day <= date.fromisoformat(until)
        for since, until in VACATIONS[child.school.slug]
    )


def judge_numbers(diary: Diary) -> None:
    """One invitation and three reminders at most for each round, and no mail twice."""
    assert Counter(mail.message_id for mail in diary.post.arrived).most_common(1)[0][1] == 1
    per_round = Counter((one.guardian_id, one.cause, one.mail.kind) for one in mails_to_parents(diary))
    assert set(per_round.values()) == {1}
    others = Counter((mail.to, mail.kind) for mail in round_mails(diary) if "parent" not in mail.to)
    rounds = {"consent/staff_invite": 1, "consent/staff_reminder": 2}
    for (_to, kind), number in others.items():
        if kind in rounds:
            assert number <= rounds[kind]


def judge_answers(diary: Diary) -> None:
    """After any answer to what a round asks, no reminder of it."""
    with diary.world.acting():
        asked = {
            one.cause: (one.id, set(one.asked.values_list("purpose_id", flat=True)))
            for one in Round.objects.prefetch_related("asked")
        }
        opened = {
            (guardian_id, round_id): day
            for guardian_id, round_id, day in PersonalLink.objects.values_list(
                "guardian_id", "round_id", "opens_on"
            )
        }
    for one in mails_to_parents(diary):
        if one.mail.kind not in PARENTS_REMINDED:
            continue
        round_id, purposes = asked[one.cause]
        before = [
            at
            for at, who, _child, about, _value in diary.answers
            if who == one.guardian_id
            and about in purposes
            and at < one.mail.at
            and at.astimezone(SCHOOL_TIME).date() >= opened[who, round_id]
        ]
        assert not before, (one, before)
    for mail in round_mails(diary):
        if mail.kind == "consent/staff_reminder" and mail.to in diary.colleagues:
            assert mail.at < diary.colleagues[mail.to]


def judge_silence(diary: Diary) -> None:
    """Nothing of a round while it waits, nothing after it was stopped: to pupils neither."""
    keys = {message_id_of(pk): cause.partition("/")[2] for pk, cause in diary.causes.items()}
    assert len(diary.quiet) == 3
    for cause, since, until in diary.quiet:
        assert not [
            mail for mail in diary.post.arrived if keys[mail.message_id] == cause and since <= mail.at < until
        ]


def judge_invitations(diary: Diary) -> None:
    """Everybody who decides and can be reached is asked on the right day; nobody else ever."""
    causes = {one.cause: name for name, one in diary.rounds.items()}
    found: dict[str, dict[int, date]] = {name: {} for name in diary.invited}
    for one in mails_to_parents(diary):
        assert one.guardian_id not in diary.world.unreachable
        if one.mail.kind == "consent/invite":
            found[causes[one.cause]][one.guardian_id] = one.mail.day
    assert found == diary.invited
    assert {name for name, people in found.items() if len(people) < 4} == {"feest"}
    assert sorted(mail.to for mail in diary.post.arrived if mail.kind == "consent/staff_invite") == sorted(
        one.email for one in diary.world.colleagues
    )


def judge_reminders(diary: Diary) -> None:
    """Who stayed silent got every one, on its day or the first one that is not quiet: the pause counts as quiet."""
    year = diary.rounds["year"]
    asked_until = {who for at, who, *_rest in diary.answers if at.date() <= date(2027, 10, 22)}
    days: dict[int, list[date]] = {}
    for one in mails_to_parents(diary):
        if one.cause == year.cause and one.mail.kind in PARENTS_REMINDED:
            days.setdefault(one.guardian_id, []).append(one.mail.day)
    seen = set()
    for guardian_id, opened in diary.invited["year"].items():
        if guardian_id in asked_until:
            continue
        children = diary.world.family_of(guardian_id).deciding_for(date(2027, 9, 6))
        schools = frozenset(child.school.slug for child in children)
        assert days[guardian_id] == REMINDED_ON[schools], (guardian_id, opened)
        seen.add(schools)
    assert seen == set(REMINDED_ON)


REMINDED_ON = {
    # Closes on 3 October; fourteen and seven days before it is a Sunday.
    frozenset({"de-beuk"}): [date(2027, 9, 20), date(2027, 9, 27), date(2027, 10, 1)],
    # Closes on 22 October; the first day was in the pause.
    frozenset({"de-eik"}): [date(2027, 10, 11), date(2027, 10, 15), date(2027, 10, 20)],
    # As the last of both; the third day is in the autumn vacation of De Beuk.
    frozenset({"de-beuk", "de-eik"}): [date(2027, 10, 11), date(2027, 10, 15)],
}


def judge_seasons(diary: Diary) -> None:
    """Mails left in every season, of every kind; who came of age on the leap day was told on it."""
    seasons = {(mail.day.month % 12) // 3 for mail in round_mails(diary)}
    assert seasons == {0, 1, 2, 3}
    assert {mail.kind for mail in round_mails(diary)} == FIRST | REMINDED
    told = {mail.kind: mail.day for mail in diary.post.arrived if mail.to == "schrikkel@leerling.example.org"}
    assert told["consent/pupil_age_soon"] == LEAP_DAY - timedelta(days=30)
    assert told["consent/pupil_age_now"] == LEAP_DAY


def judge_the_year_turn(diary: Diary) -> None:
    """Every yes has ended by its own date, silence is no, a no stands; the fast state is the fold (C3, C6, C11)."""
    children = {child.pupil.id: child for family in diary.world.families for child in family.children}
    with diary.world.acting():
        foundation = diary.world.foundation
        policies = [policy_of(purpose, foundation) for purpose in purposes_in_use()]
        pupils = known_pupils(sorted(children))
        before, after = YEAR_TURN - timedelta(days=1), YEAR_TURN
        assert sum(state(one.facts, policy, before).is_allowed for one in pupils for policy in policies) > 20
        assert not [
            one.id for one in pupils for policy in policies if state(one.facts, policy, after).is_allowed
        ]
        latest = {
            (row.guardian_id, row.pupil_id, row.purpose_id): (row.value, row.valid_until)
            for row in LatestAnswer.objects.exclude(guardian=None)
        }
        assert drifted() == []
    said = {(who, child, about): value for _at, who, child, about, value in diary.answers}
    assert {key: Value(value) for key, (value, _until) in latest.items()} == said
    for (_who, child, _about), (value, until) in latest.items():
        year_later = children[child].since > YEAR_TURN
        ends = date(2029 if year_later else 2028, 7, 31)
        assert until == (ends if value == Value.YES else None)
    assert {Value.YES, Value.NO, Value.TALK} == set(said.values())


JUDGES = (
    judge_hours,
    judge_numbers,
    judge_answers,
    judge_silence,
    judge_invitations,
    judge_reminders,
    judge_seasons,
)
