"""The page `/beheer/import/`, as people use it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection

from ledger.acting import acting, system
from ledger.choices import Reading
from schools.choices import ImportState
from schools.domain.imports.edexml import MAX_BYTES
from schools.models import Enrolment, ImportBatch, Pupil
from tests.cast import today

from .files import SAMPLES, edexml, pupil, sample

START = "/beheer/import/"


def field(response, name):
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


def upload(client, xml, csv=None, key=None):
    files = {"edexml": SimpleUploadedFile("edex.xml", xml)}
    if csv is not None:
        files["guardians"] = SimpleUploadedFile("ouders.csv", csv)
    return client.post(START, {**files, "key": key or uuid.uuid4()})


def look(client, *files):
    response = upload(client, *files)
    assert response.status_code == 303, response.content.decode()
    return response.url


def post(client, url, page, **more):
    return client.post(url, {"key": field(page, "key"), **more})


def take_over(client, here, **more):
    page = client.get(here)
    return client.post(
        f"{here}overname/", {"key": field(page, "key"), "fingerprint": field(page, "fingerprint"), **more}
    )


def rows(cast, model, **filters):
    with cast.acting():
        return list(model.objects.filter(**filters).order_by("id"))


def test_from_two_files_to_a_school_full_of_pupils_and_back(cast, rose, as_):
    client = as_(cast.ada)
    assert client.get(START).status_code == 200

    here = look(client, sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    page = client.get(here)
    assert page.status_code == 200
    assert "Şeyma Yıldırım" in page.content.decode()
    assert rows(cast, Enrolment, school=rose) == []

    response = take_over(client, here)
    assert (response.status_code, response.url) == (303, here)
    assert len(rows(cast, Enrolment, school=rose)) == 40
    assert client.get(here).status_code == 200

    undoing = client.get(f"{here}herstel/")
    assert undoing.status_code == 200
    response = post(client, f"{here}herstel/", undoing)
    assert response.status_code == 303
    assert rows(cast, Enrolment, school=rose) == []
    assert client.get(here).status_code == 200
    assert client.get(START).status_code == 200


def test_posted_twice_it_is_taken_in_once(cast, rose, as_):
    client = as_(cast.ada)
    here = look(client, sample("de-klimroos.xml"))
    page = client.get(here)
    form = {"key": field(page, "key"), "fingerprint": field(page, "fingerprint")}

    answers = [client.post(f"{here}overname/", form) for _ in range(3)]

    assert {(answer.status_code, answer.url) for answer in answers} == {(303, here)}
    assert len(rows(cast, Enrolment, school=rose)) == 40


def test_the_same_upload_posted_twice_is_one_import(cast, rose, as_):
    client, key = as_(cast.ada), uuid.uuid4()

    urls = {upload(client, sample("de-klimroos.xml"), key=key).url for _ in range(2)}

    assert len(urls) == 1
    assert len(rows(cast, ImportBatch)) == 1


def test_errors_are_shown_with_row_column_and_remedy_and_nothing_can_be_taken_in(cast, rose, as_):
    client = as_(cast.ada)

    here = look(client, sample("broken/rows.xml"))
    text = client.get(here).content.decode()

    assert "geboortedatum" in text
    assert "4101" in text
    assert f"{here}overname/" in text
    assert re.search(r'<button class="btn" type="submit">', text) is None
    assert take_over(client, here).status_code == 409
    assert rows(cast, Pupil, source_key__startswith="99OQ") == []


@pytest.mark.parametrize("name", ["half.xml", "doctype.xml", "other-version.xml", "not-edexml.xml"])
def test_a_file_that_does_not_fit_is_told_above_its_field(cast, rose, as_, name):
    response = upload(as_(cast.ada), sample(f"broken/{name}"))

    assert response.status_code == 422
    assert 'id="id_edexml-error"' in response.content.decode()
    assert rows(cast, ImportBatch) == []


def test_a_csv_that_does_not_fit_is_told_above_its_own_field(cast, rose, as_):
    response = upload(as_(cast.ada), sample("de-klimroos.xml"), b"zomaar")

    assert response.status_code == 422
    assert 'id="id_guardians-error"' in response.content.decode()


def test_no_file_and_a_file_that_is_too_big_are_told(cast, as_):
    client = as_(cast.ada)

    assert client.post(START, {"key": uuid.uuid4()}).status_code == 422
    assert upload(client, b"x" * (MAX_BYTES + 10)).status_code == 422
    assert client.post(START, {"key": "geen"}).status_code == 422
    assert rows(cast, ImportBatch) == []


def test_a_close_match_must_be_answered_on_the_page(cast, rose, as_):
    client = as_(cast.ada)
    here = look(client, edexml(pupil(7, "Noor", "Yildiz", cast.noor.born_on), brin="99OQ"))
    page = client.get(here)
    assert " checked" not in page.content.decode()

    unanswered = take_over(client, here)
    assert unanswered.status_code == 422
    assert rows(cast, Enrolment, school=rose) == []

    response = take_over(client, here, **{"pupil:99OQ-7": str(cast.noor.id)})
    assert response.status_code == 303
    assert [place.pupil_id for place in rows(cast, Enrolment, school=rose)] == [cast.noor.id]


def test_an_answer_about_somebody_who_was_not_asked_is_refused(cast, rose, as_):
    client = as_(cast.ada)
    here = look(client, edexml(pupil(7, "Noor", "Yildiz", cast.noor.born_on), brin="99OQ"))

    assert take_over(client, here, **{"pupil:99OQ-7": str(cast.mila.id)}).status_code == 422


@pytest.fixture
def ten_minus_one(cast, rose, as_):
    """An import in which one of ten pupils is gone, asked for by Ada."""
    client = as_(cast.ada)
    take_over(client, look(client, edexml("".join(pupil(number) for number in range(10)), brin="99OQ")))
    here = look(client, edexml("".join(pupil(number) for number in range(9)), brin="99OQ"))
    assert take_over(client, here).status_code == 303
    return here


def test_a_colleague_agrees_and_the_first_person_cannot(cast, rose, as_, ten_minus_one):
    ada, zoe = as_(cast.ada), as_(cast.zoe)
    own = ada.get(ten_minus_one)
    assert post(ada, f"{ten_minus_one}bevestiging/", own).status_code == 409
    assert len(rows(cast, Enrolment, school=rose, until=None)) == 10

    seen = zoe.get(ten_minus_one)
    assert cast.ada.full_name in seen.content.decode()
    assert post(zoe, f"{ten_minus_one}bevestiging/", seen).status_code == 303

    assert len(rows(cast, Enrolment, school=rose, until=None)) == 9
    assert rows(cast, ImportBatch)[-1].confirmed_by_id == cast.zoe.id


def test_stopping_saves_nothing(cast, rose, as_):
    client = as_(cast.ada)
    here = look(client, sample("de-klimroos.xml"))

    assert post(client, f"{here}stop/", client.get(here)).status_code == 303

    assert client.get(here).status_code == 200
    assert rows(cast, ImportBatch)[0].state == ImportState.DROPPED
    assert take_over_without_form(client, here).status_code in {409, 422}


def take_over_without_form(client, here):
    return client.post(f"{here}overname/", {"key": uuid.uuid4(), "fingerprint": "x"})


def test_the_office_imports_for_its_own_school_only(cast, rose, as_):
    office = as_(cast.olga)

    assert upload(office, sample("de-klimroos.xml")).status_code == 422
    assert upload(office, edexml(pupil(1), brin="99AA")).status_code == 303
    other = look(as_(cast.ada), sample("de-klimroos.xml"))
    for url in (other, f"{other}herstel/"):
        assert office.get(url).status_code == 404
    for url in ("overname/", "bevestiging/", "stop/", "herstel/"):
        assert office.post(other + url, {"key": uuid.uuid4()}).status_code == 404


@pytest.mark.parametrize("name", ["joost", "ria", "lotte", "henk", "fatima"])
def test_others_do_not_know_that_the_room_exists(cast, rose, as_, name):
    client = as_(getattr(cast, name))

    assert client.get(START).status_code == 404
    assert upload(client, sample("de-klimroos.xml")).status_code == 404
    assert client.get(f"{START}voorbeeld/edexml.xml").status_code == 404


def test_another_foundation_sees_nothing(cast, rose, as_):
    here = look(as_(cast.ada), sample("de-klimroos.xml"))

    assert as_(cast.bas).get(here).status_code == 404


def test_a_preview_is_a_recorded_reading(cast, rose, as_):
    client = as_(cast.ada)
    take_over(client, look(client, sample("de-klimroos.xml")))
    here = look(client, sample("de-klimroos-later.xml"))

    client.get(here)

    with cast.acting(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_id, jsonb_array_length(subject_ids) FROM ledger_reading WHERE what = %s ORDER BY id",
            [Reading.IMPORT_PREVIEW],
        )
        assert cursor.fetchall()[-1] == (cast.ada.id, 40)


def test_samples_can_be_fetched(cast, as_):
    client = as_(cast.ada)

    response = client.get(f"{START}voorbeeld/edexml.xml")

    assert response.content == (SAMPLES / "de-klimroos.xml").read_bytes()
    assert "attachment" in response.headers["Content-Disposition"]
    assert client.get(f"{START}voorbeeld/../manage.py").status_code == 404
    assert client.get(f"{START}voorbeeld/anders").status_code == 404


def test_looked_at_yesterday_says_so(cast, rose, as_):
    client = as_(cast.ada)
    here = look(client, sample("de-klimroos.xml"))
    with cast.acting():
        ImportBatch.objects.update(changed_at=rows(cast, ImportBatch)[0].changed_at - timedelta(days=2))

    assert client.get(here).status_code == 200
    assert take_over_without_form(client, here).status_code == 409


def test_no_bsn_anywhere_in_the_database(cast, rose, as_):
    """Every text, json and binary column of every table that the app may read."""
    client = as_(cast.ada)
    here = look(client, sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    client.get(here)
    take_over(client, here)
    look(client, sample("de-klimroos-later.xml"), sample("de-klimroos-ouders-later.csv"))
    numbers = set(re.findall(r"9999\d{5}", (SAMPLES / "de-klimroos-ouders.csv").read_text("utf-8-sig")))
    numbers |= set(re.findall(r"9999\d{5}", (SAMPLES / "de-klimroos.xml").read_text("utf-8")))
    assert len(numbers) > 100

    found, seen = set(), 0
    with acting(system("test"), [cast.home.id, cast.bridge.id]), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY') "
            "AND has_table_privilege(format('%I.%I', table_schema, table_name), 'SELECT')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
            for (text,) in cursor.fetchall():
                seen += 1
                found |= {number for number in re.findall(r"9999\d{5}", text) if number in numbers}
                assert "ketenid" not in text
    assert found == set()
    assert seen > 500


def run(*args):
    call_command("import_school", *map(str, args))


def this_year(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(sample(name))
    return path


def test_the_command_takes_in_and_tells(cast, rose, tmp_path, capsys):
    run("thuis", this_year(tmp_path, "de-klimroos.xml"), this_year(tmp_path, "de-klimroos-ouders.csv"))

    told = capsys.readouterr().out
    assert len(rows(cast, Enrolment, school=rose, since=today())) == 40
    assert "40" in told
    assert "BSN" in told
    assert "Yıldırım" not in told


def test_a_dry_run_saves_nothing(cast, rose, tmp_path):
    run("thuis", this_year(tmp_path, "de-klimroos.xml"), "--dry-run")

    assert rows(cast, ImportBatch) == []
    assert rows(cast, Enrolment, school=rose) == []


@pytest.mark.parametrize("foundation", ["thuis", "de-brug", "nergens"])
def test_the_command_refuses(cast, rose, tmp_path, capsys, foundation):
    name = "de-klimroos.xml" if foundation != "thuis" else "broken/rows.xml"
    (tmp_path / "broken").mkdir()

    with pytest.raises(CommandError):
        run(foundation, this_year(tmp_path, name))

    assert rows(cast, Pupil, source_key__startswith="99OQ") == []
    assert foundation != "thuis" or "geboortedatum" in capsys.readouterr().err


def test_the_command_leaves_a_choice_to_the_page(cast, rose, as_, tmp_path):
    path = tmp_path / "match.xml"
    path.write_bytes(edexml(pupil(7, "Noor", "Yildiz", cast.noor.born_on), brin="99OQ"))

    with pytest.raises(CommandError) as refused:
        run("thuis", path)

    here = re.search(r"/beheer/import/\w+/", str(refused.value))[0]
    assert as_(cast.ada).get(here).status_code == 200
    assert rows(cast, Enrolment, school=rose) == []
    run("thuis", path, "--keep-apart")
    assert len(rows(cast, Enrolment, school=rose)) == 1
