"""The proof for the data protection officer: everything about one pupil, checked now; and the exported record."""

import io
import json
import uuid
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import jsonschema
import pikepdf
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from consent.choices import Channel, Value
from consent.domain.decide import Choice, Entered, decide
from consent.domain.facts import known_pupils, policy_of
from consent.domain.invalidate import agree, take_out
from consent.domain.proof import days_of, give_proof, opened_for, proof_about
from consent.domain.record_json import consent_record
from consent.models import Invalidation
from consent.querysets import purposes_in_use
from consent.rules import Facts, FullAuthority, GivenAnswer, Period, Policy, Wording, state
from ledger.acting import SCHOOL_TIME, Actor
from ledger.choices import ActorKind, Reading, Verb
from ledger.models import Entry, EntryPayload, ReadingRecord
from schools.models import Enrolment, Guardian
from tests.cast import Cast, today
from tests.conftest import CarefulClient
from tests.ledger.test_ledger import as_owner

from .links import words
from .test_parents import say
from .test_receipt_pdf import broken_press as broken_press
from .test_receipt_pdf import text_in

YES, NO = "yes", "no"
WHY = "Vraag van de inspectie"
SCHEMA = json.loads((Path(settings.BASE_DIR) / "consent" / "schemas" / "consent_record.json").read_text())


def url(child, rest: str = "") -> str:
    return f"/fg/bewijs/{child.code}/{rest}"


def opened(as_, cast, child) -> CarefulClient:
    """Lotte, with a reason given for this pupil."""
    client = as_(cast.lotte)
    answer = client.post(url(child, "reden/"), {"reason": WHY, "key": str(uuid.uuid4())})
    assert answer.status_code == 303, words(answer)
    return client


def by_phone(cast, child, value: str):
    """Karol calls; Olga at the office writes it down."""
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        return decide(
            guardian=cast.karol,
            choices=[Choice(child.id, cast.purposes["papier"].id, Value(value))],
            channel=Channel.PHONE,
            language="nl",
            entered=Entered(cast.olga, note="Belde om tien uur"),
        )


def test_ux_b2_who_saw_what_and_proof_of_each_answer(cast, as_):
    """UX-B2: text version, language, route and time of each answer, and who saw what of this child."""
    first = say(cast, cast.amina, cast.noor, YES, "papier", language="en")
    say(cast, cast.erik, cast.noor, NO, "papier")
    say(cast, cast.amina, cast.noor, NO, "papier")
    as_(cast.joost).get(f"/team/groep/{cast.group_8a.code}/")

    text = words(opened(as_, cast, cast.noor).get(url(cast.noor)))

    with cast.acting():
        answers = list(first.answers.select_related("entry", "version"))
    for known in (
        "Amina Yıldız", "Erik Jansen", "“Papier (en)”", "“Papier (nl)”", answers[0].text_sha256,
        bytes(answers[0].entry.leaf_hash).hex(), f"{first.at.astimezone(SCHOOL_TIME):%d-%m-%Y %H:%M:%S}",
        "UTC", "Joost Werkt", "Lotte Werkt", WHY,
    ):  # fmt: skip
        assert known in text, known
    assert text.count("Papier (nl)") >= 2
    assert "does not fit the ledger" not in text
    assert "past niet" not in text


def test_no_address_of_anybody_is_shown_secret_or_not(cast, as_):
    with cast.acting():
        Guardian.objects.filter(id=cast.amina.id).update(has_secret_address=True)
    say(cast, cast.amina, cast.noor, YES, "papier")
    client = opened(as_, cast, cast.noor)

    shown = client.get(url(cast.noor)).content.decode() + text_in(
        client.get(url(cast.noor, "bewijs.pdf")).content
    )
    shown += client.get(url(cast.noor, "papier.json")).content.decode()

    assert cast.amina.email not in shown
    assert cast.erik.email not in shown


def test_entered_by_staff_from_the_phone_with_the_note(cast, as_):
    by_phone(cast, cast.bo, YES)

    text = words(opened(as_, cast, cast.bo).get(url(cast.bo)))

    assert "Karol Łuczak" in text
    assert "Olga Werkt" in text
    assert "“Belde om tien uur”" in text


def test_without_a_reason_nothing_is_shown_and_the_reason_is_kept(cast, as_):
    say(cast, cast.amina, cast.noor, YES, "papier")
    client = as_(cast.lotte)

    page = client.get(url(cast.noor))
    pdf, record = client.get(url(cast.noor, "bewijs.pdf")), client.get(url(cast.noor, "papier.json"))
    empty = client.post(url(cast.noor, "reden/"), {"reason": "  ", "key": str(uuid.uuid4())})

    assert "Amina" not in words(page)
    assert (pdf.status_code, pdf["Location"]) == (302, url(cast.noor))
    assert (record.status_code, record["Location"]) == (302, url(cast.noor))
    assert empty.status_code == 422
    with cast.acting():
        assert not Entry.objects.filter(verb=Verb.PROOF_GIVEN).exists()
        assert not ReadingRecord.objects.filter(what=Reading.PROOF).exists()

    opened(as_, cast, cast.noor)

    with cast.acting():
        entry = Entry.objects.get(verb=Verb.PROOF_GIVEN)
        assert (entry.actor_id, entry.subject_id) == (cast.lotte.id, cast.noor.id)
        assert EntryPayload.objects.get(entry=entry).payload == {"reason": WHY}


def test_a_reason_opens_one_pupil_for_one_person_for_an_hour(cast):
    lotte, ada = (Actor(ActorKind.STAFF, one.id, "dpo") for one in (cast.lotte, cast.ada))
    now = timezone.now()
    with cast.acting(lotte, now=now):
        give_proof(cast.noor, reason=WHY)

    def is_open(actor, child, after: timedelta) -> bool:
        with cast.acting(actor, now=now + after):
            return opened_for(child) is not None

    assert is_open(lotte, cast.noor, timedelta(minutes=59))
    assert not is_open(lotte, cast.noor, timedelta(minutes=60))
    assert not is_open(lotte, cast.sam, timedelta(0))
    assert not is_open(ada, cast.noor, timedelta(0))


def test_each_look_at_the_proof_is_kept_with_whom_it_showed(cast, as_):
    client = opened(as_, cast, cast.noor)

    for page in ("", "bewijs.pdf", "papier.json"):
        assert client.get(url(cast.noor, page)).status_code == 200

    with cast.acting():
        rows = ReadingRecord.objects.filter(what=Reading.PROOF)
        assert [(row.actor_id, row.capacity, row.subject_ids) for row in rows] == [
            (cast.lotte.id, "dpo", [cast.noor.id])
        ] * 3


def test_search_finds_who_has_left_and_nobody_of_another_foundation(cast, as_):
    with cast.acting():
        Enrolment.objects.filter(pupil=cast.bo).update(until=today() - timedelta(days=1))
    client = as_(cast.lotte)

    assert url(cast.bo) in client.get("/fg/bewijs/?q=łuc").content.decode()
    assert "Vreemd" not in words(client.get("/fg/bewijs/?q=overkant")).replace("“overkant”", "")
    assert client.get(url(cast.vera_child)).status_code == 404
    for query in ("\0", "%", "'; DROP", "a" * 500, "<script>alert(1)</script>"):
        page = client.get("/fg/bewijs/", {"q": query})
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_hostile_words_in_a_reason_stay_words(cast, as_):
    client = as_(cast.lotte)
    hostile = "<script>alert(1)</script> {{ 7*7 }}"
    client.get(url(cast.noor))
    client.post(url(cast.noor, "reden/"), {"reason": hostile, "key": str(uuid.uuid4())})

    assert "<script>alert" not in client.get(url(cast.noor)).content.decode()
    assert hostile in text_in(client.get(url(cast.noor, "bewijs.pdf")).content)
    for reason in ("a\0bc", "x" * 301, ""):
        answer = client.post(url(cast.noor, "reden/"), {"reason": reason, "key": str(uuid.uuid4())})
        assert answer.status_code == 422


def test_the_paper_is_tagged_dutch_has_page_numbers_and_says_who_printed_it(cast, as_):
    for value in (YES, NO, YES, NO):
        say(cast, cast.amina, cast.noor, value)

    made = opened(as_, cast, cast.noor).get(url(cast.noor, "bewijs.pdf")).content
    text = text_in(made)

    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "nl"
        pages = len(document.pages)
    assert pages > 1
    assert all(f"{number} / {pages}" in text for number in range(1, pages + 1))
    assert "Lotte Werkt" in text
    assert WHY in text
    assert text.count("Papier (nl)") >= 4


def test_when_the_press_fails_there_is_a_page_that_says_so(cast, as_, broken_press):
    answer = opened(as_, cast, cast.noor).get(url(cast.noor, "bewijs.pdf"))

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert f'href="{url(cast.noor)}"' in answer.content.decode()


def test_an_answer_recorded_in_error_stays_with_who_took_it_out(cast, as_):
    submission = by_phone(cast, cast.bo, YES)
    with cast.acting():
        take_out(list(submission.answers.all()), reason="Verkeerd kind", by=cast.ada)
        agree(list(Invalidation.objects.all()), by=cast.ria, email=cast.ria.email)
        record = consent_record(cast.bo, cast.purposes["papier"])
        proof = proof_about(cast.bo)

    text = words(opened(as_, cast, cast.bo).get(url(cast.bo)))

    assert "“Verkeerd kind”" in text
    assert "Ria Werkt" in text
    assert [event["event_state"] for event in record["events"]] == ["given", "invalidated"]
    assert record["events"][1]["entity_id"] == cast.ria.code
    days = next(days for purpose, days in proof.days if purpose.slug == "papier")
    assert not days[-1].state.is_allowed


# What happened behind the portal's back is found.

UNWALL = (
    "ledger_entry",
    "ledger_entrypayload",
    "consent_answer",
    "consent_latestanswer",
    "consent_questiontext",
)
CHANGES = {
    "the answer": (
        "UPDATE {table} SET valid_until = valid_until + 400",
        ("consent_answer", "consent_latestanswer"),
    ),
    "the entry": ("UPDATE {table} SET actor_id = 4711", ("ledger_entry",)),
    "what it says": ("UPDATE {table} SET payload = '{{\"answers\": []}}'", ("ledger_entrypayload",)),
    "its companion is gone": ("DELETE FROM {table}", ("ledger_entrypayload",)),
    "the words": ("UPDATE {table} SET title = 'Alles'", ("consent_questiontext",)),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_the_portals_back_does_not_fit(cast, as_, change):
    say(cast, cast.amina, cast.noor, YES, "papier")
    with cast.acting():
        assert not proof_about(cast.noor).has_fault
    statement, tables = CHANGES[change]

    as_owner(
        *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in UNWALL),
        *(statement.format(table=table) for table in tables),
        *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in UNWALL),
    )

    with cast.acting():
        assert proof_about(cast.noor).has_fault
    client = opened(as_, cast, cast.noor)
    text = words(client.get(url(cast.noor, "?taal=en")))
    assert "not fit" in text
    assert "does not fit" in text or "do not fit" in text


# The exported record.


def record_of(cast: Cast, child, slug: str = "papier") -> dict:
    with cast.acting(read_only=True):
        return consent_record(child, cast.purposes[slug])


def faults(record: dict) -> list[str]:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(record)]


def test_the_schema_itself_is_sound_and_refuses_what_is_missing(cast):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    say(cast, cast.amina, cast.noor, YES, "papier")
    record = record_of(cast, cast.noor)

    for part in ("header", "processing"):
        for field in record[part]:
            less = record | {part: {key: value for key, value in record[part].items() if key != field}}
            assert faults(less), f"{part}.{field} may be left out"
    assert faults(record | {"born_on": "2014-01-01"})


def test_the_record_fits_its_schema_and_tells_what_happened(cast):
    say(cast, cast.amina, cast.noor, YES, "papier")
    say(cast, cast.erik, cast.noor, NO, "papier")
    say(cast, cast.amina, cast.noor, NO, "papier")
    by_phone(cast, cast.bo, YES)

    noor, bo, sam = (record_of(cast, child) for child in (cast.noor, cast.bo, cast.sam))

    assert [faults(record) for record in (noor, bo, sam)] == [[], [], []]
    assert [(event["event_state"], event["entity_id"]) for event in noor["events"]] == [
        ("given", cast.amina.code),
        ("refused", cast.erik.code),
        ("withdrawn", cast.amina.code),
    ]
    assert noor["header"]["pii_principal_id"] == cast.noor.code
    assert noor["state_today"] == {"on": today().isoformat(), "is_allowed": False, "reason": "refused"}
    assert bo["events"][0]["entered_by"] == cast.olga.code
    assert bo["events"][0]["validity_duration"] == f"P{(cast.year.ends_on - today()).days + 1}D"
    assert sam["events"] == []


def test_the_fields_that_the_standard_makes_mandatory_are_there(cast):
    """reference/law.md 6: what is mandatory in ISO/IEC TS 27560:2023."""
    say(cast, cast.amina, cast.noor, YES, "papier")
    record = record_of(cast, cast.noor)

    assert {"schema_version", "record_id", "pii_principal_id"} <= record["header"].keys()
    assert {
        "privacy_notice", "language", "purpose", "pii_information", "pii_controllers", "storage_locations",
        "retention_period", "jurisdiction", "recipient_third_parties", "withdrawal_method",
    } <= record["processing"].keys()  # fmt: skip
    assert all("pii_type" in one for one in record["processing"]["pii_information"])
    for party in record["parties"]:
        assert {"party_id", "party_name", "party_address", "party_contact", "party_type"} == party.keys()
    for event in record["events"]:
        assert {"event_time", "validity_duration", "entity_id", "event_type", "event_state"} <= event.keys()


def test_the_record_has_no_name_of_a_family_and_no_birth_date(cast):
    say(cast, cast.amina, cast.noor, YES, "papier")

    text = json.dumps(record_of(cast, cast.noor), ensure_ascii=False)

    for word in (
        "Noor",
        "Yıldız",
        "Amina",
        cast.noor.born_on.isoformat(),
        cast.noor.source_key,
        cast.amina.email,
    ):
        assert word not in text, word


def test_the_same_answers_give_the_same_record_id_and_events(cast):
    say(cast, cast.amina, cast.noor, YES, "papier")

    assert record_of(cast, cast.noor) == record_of(cast, cast.noor)
    assert record_of(cast, cast.noor)["header"] != record_of(cast, cast.bo)["header"]


def test_the_command_prints_all_records_and_writes_down_that_it_did(cast, capsys):
    say(cast, cast.amina, cast.noor, YES, "papier", "sociaal")

    call_command("consent_record", "thuis", cast.noor.code)

    records = json.loads(capsys.readouterr().out)
    assert [record["processing"]["purpose"]["id"] for record in records] == ["papier", "sociaal"]
    assert [faults(record) for record in records] == [[], []]
    with cast.acting():
        assert Entry.objects.filter(verb=Verb.PROOF_GIVEN, subject_id=cast.noor.id).count() == 1
    for wrong in (("thuis", "nobody"), ("nergens", cast.noor.code), ("thuis", cast.vera_child.code)):
        with pytest.raises(CommandError):
            call_command("consent_record", *wrong)


# The state of every day.


def test_the_days_say_what_the_rule_says_on_each_of_them():
    first = date(2024, 2, 25)
    answers = (
        GivenAnswer(1, 1, Value.YES, first, date(2024, 7, 31), 1, 1),
        GivenAnswer(1, 2, Value.NO, date(2024, 4, 1), None, 1, 2),
        GivenAnswer(1, 2, Value.YES, date(2024, 5, 1), date(2025, 7, 31), 1, 3),
        GivenAnswer(1, 1, Value.YES, date(2024, 9, 1), date(2025, 7, 31), 2, 4),
        GivenAnswer(1, None, Value.NO, date(2025, 3, 20), None, 2, 5),
    )
    facts = Facts(
        date(2008, 2, 29).replace(year=2009, month=3, day=1),
        (Period(first, date(2025, 6, 30)),),
        (FullAuthority(1, Period(first)), FullAuthority(2, Period(date(2024, 3, 15), date(2024, 12, 31)))),
        answers,
    )
    wordings = (Wording(1, True, date(2024, 1, 1)), Wording(2, True, date(2024, 8, 15)))
    last = date(2025, 8, 15)
    for all_must_agree in (False, True):
        policy = Policy(1, all_must_agree, wordings)
        found = days_of(facts, {2: date(2024, 4, 10)}, policy, last)

        assert found[0].since == first
        assert found[-1].until == last
        for one, following in pairwise(found):
            assert one.until + timedelta(days=1) == following.since
            assert one.state != following.state
        for one in found:
            for number in range((one.until - one.since).days + 1):
                day = one.since + timedelta(days=number)
                known = tuple(
                    a for a in answers if a.decided_on <= day and (a.id != 2 or day < date(2024, 4, 10))
                )
                assert (
                    state(Facts(facts.born_on, facts.enrolments, facts.authorities, known), policy, day)
                    == one.state
                )


def test_the_last_day_is_what_staff_hear_now(cast):
    say(cast, cast.amina, cast.noor, YES)
    say(cast, cast.erik, cast.noor, NO, "papier")

    with cast.acting(read_only=True):
        facts = known_pupils([cast.noor.id])[0].facts
        now = {
            purpose.id: state(facts, policy_of(purpose, cast.home), today()) for purpose in purposes_in_use()
        }
        proof = proof_about(cast.noor)

    assert {purpose.id: days[-1].state for purpose, days in proof.days} == now
