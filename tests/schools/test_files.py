"""The readers: what they take, what they throw away, and that nothing but a refusal ever comes out."""

import json
import random
import time

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from schools.choices import Authority
from schools.domain.imports.batches import read_files
from schools.domain.imports.edexml import MAX_BYTES, read_edexml
from schools.domain.imports.guardians import read_guardians
from schools.domain.imports.messages import FILES, ROWS, say
from schools.domain.imports.refusal import FileRefused
from schools.domain.imports.rows import from_json, to_json
from schools.domain.imports.text import BadCell, clean, fold, has_bsn, read_date

from .files import HEADER, day, edexml, parents, pupil, sample, teacher

BSN = "999990019"


def refused(read, *args):
    with pytest.raises(FileRefused) as caught:
        read(*args)
    assert say(caught.value)
    return caught.value.code


def errors_of(xml, csv=None):
    return [(error.row, error.number, error.column, error.code) for error in read_files(xml, csv).errors]


def test_the_sample_is_read_whole():
    upload = read_files(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))

    assert (len(upload.pupils), len(upload.groups), len(upload.staff)) == (40, 3, 3)
    assert (upload.brin, upload.location) == ("99OQ", "00")
    assert upload.errors == []
    assert upload.pupils[3].groups == ("g5", "plus")


def test_what_is_not_needed_is_dropped_and_counted():
    upload = read_edexml(sample("de-klimroos.xml"))

    assert {
        name: upload.dropped[name] for name in ("bsn", "eckid", "geslacht", "postcode", "geboorteland")
    } == {
        "bsn": 40,
        "eckid": 40,
        "geslacht": 40,
        "postcode": 40,
        "geboorteland": 40,
    }


def test_no_bsn_and_no_eck_id_is_left_in_the_rows():
    xml, csv = sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv")
    assert b"999900006" in xml
    assert b"999900432" in csv

    left = repr(read_files(xml, csv))

    assert "9999004" not in left
    assert "99990000" not in left
    assert "ketenid" not in left


def test_namespaces_and_capitals_do_not_matter():
    plain = edexml(pupil(1))
    dressed = plain.replace(b"<EDEX>", b'<x:EDEX xmlns:x="http://www.edustandaard.nl/edexml/2.1">').replace(
        b"</EDEX>", b"</x:EDEX>"
    )

    assert read_edexml(dressed).pupils == read_edexml(plain).pupils


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("half.xml", "not_xml"),
        ("doctype.xml", "has_doctype"),
        ("other-version.xml", "other_version"),
        ("not-edexml.xml", "not_edexml"),
    ],
)
def test_the_broken_samples_are_refused_in_plain_words(name, code):
    assert refused(read_edexml, sample(f"broken/{name}")) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\x89PNG\r\n\x1a\n", "not_xml"),
        (b"PK\x03\x04rest", "not_xml"),
        (b'<?xml version="1.0" encoding="klingon"?><EDEX/>', "encoding"),
        (b'<?xml version="1.0" encoding="big5"?><EDEX/>', "encoding"),
        (b"<EDEX/>", "no_school"),
        (edexml(""), "no_pupils"),
        (edexml(pupil(1), brin="nee"), "no_brin"),
        (edexml(pupil(1), school_year="2026-2029"), "no_year"),
        (edexml(pupil(1), school_year="ooit"), "no_year"),
        (edexml(pupil(BSN) + pupil("999990020"[:8] + "0")), "keys_are_bsn"),
        (
            edexml(pupil(1, more='<vestiging key="00"/>') + pupil(2, more='<vestiging key="01"/>')),
            "several_locations",
        ),
        (b"<EDEX>" + b"<a>" * 50 + b"</a>" * 50 + b"</EDEX>", "not_edexml"),
        (b"x" * (MAX_BYTES + 1), "too_big"),
    ],
)
def test_other_files_are_refused_too(data, code):
    assert refused(read_edexml, data) == code


def test_entities_are_never_unfolded():
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %s "%s">' % (bytes([98 + i]), b"&%s;" % bytes([97 + i]) * 50) for i in range(8)
    )
    started = time.process_time()

    assert refused(read_edexml, bomb + b"]><EDEX>&i;</EDEX>") == "has_doctype"
    assert refused(read_edexml, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><EDEX/>') == "has_doctype"
    assert time.process_time() - started < 1  # of our own: a busy machine is not what this is about


def test_an_error_names_row_number_and_column():
    assert errors_of(sample("broken/rows.xml")) == [
        (1, "4101", "geboortedatum", "not_a_date"),
        (3, "4102", "key", "twice"),
        (4, "4104", "roepnaam", "missing"),
        (21, "4201", "groep", "group_unknown"),
    ]


def test_errors_of_parents_name_their_line_and_column():
    found = errors_of(sample("de-klimroos.xml"), sample("broken/rows-ouders.csv"))

    assert found == [
        (2, "7001", "Gezag", "authority_unknown"),
        (3, "7002", "E-mail", "not_an_email"),
        (4, "9999", "Leerlingnummer", "pupil_unknown"),
        (5, "7004", "Gezag", "authority_missing"),
        (6, "7005", "Vanaf", "not_a_date"),
    ]


def test_every_code_has_words():
    assert all(str(problem) and str(remedy) for problem, remedy in ROWS.values())
    assert all(str(words) for words in FILES.values())


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_comes_in_every_shape(delimiter, encoding):
    rows = f"{HEADER}\n1;7;Zoë;;Görtz;zoe@ouders.example.org;ja\n".replace(";", delimiter)

    upload = read_files(edexml(pupil(1)), rows.encode(encoding))

    assert [person.call_name for person in upload.guardians] == ["Zoë"]


@pytest.mark.parametrize(
    "header",
    [
        "Leerlingnummer;Verzorger ID;Voorletters;Voorvoegsel;Achternaam;E-mailadres;Gezag",  # ParnasSys
        "STAMNR;SIS_OUDR;INITIALS;PREFIX;LASTNAME;EMAIL;OUDERLIJK_GEZAG",  # Magister
        "leerling_uuid;uuid;initialen;tussenvoegsel;achternaam;e-mail;ouderlijk_gezag",  # Somtoday
    ],
)
def test_the_columns_of_the_administrations_are_recognised(header):
    upload = read_files(edexml(pupil(1)), parents("1;7;F.;van;Loon;f@ouders.example.org;ja", header=header))

    person = upload.guardians[0]
    assert (person.call_name, person.prefix, person.surname, person.email) == (
        "F.",
        "van",
        "Loon",
        "f@ouders.example.org",
    )


def test_a_school_may_name_its_own_columns():
    csv = parents("1;7;Loon;ja", header="Kind;Wie;Hoe heet die;Mag beslissen")
    mapping = {"pupil": "Kind", "guardian": "Wie", "surname": "Hoe heet die", "authority": "Mag beslissen"}

    assert refused(read_files, edexml(pupil(1)), csv) == "columns_missing"
    assert len(read_guardians(csv, read_edexml(edexml(pupil(1))), mapping).links) == 1


@pytest.mark.parametrize(
    ("word", "authority"),
    [
        ("Ja", Authority.FULL),
        ("voogdij", Authority.FULL),
        ("Alleen informatie", Authority.INFORMED),
        ("nee", Authority.NONE),
        ("0", Authority.NONE),
    ],
)
def test_words_for_authority(word, authority):
    upload = read_files(edexml(pupil(1)), parents(f"1;7;F;;Loon;;{word}"))

    assert upload.links[0].authority == authority


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("Turks", "tr"),
        ("ARABISCH", "ar"),
        ("Pools", "pl"),
        ("Oekraïens", "uk"),
        ("ti", "ti"),
        ("Duits", "nl"),
    ],
)
def test_words_for_languages(word, language):
    csv = parents(f"1;7;Loon;ja;{word}", header="leerlingnummer;verzorgernummer;achternaam;gezag;taal")

    assert read_files(edexml(pupil(1)), csv).guardians[0].language == language


@pytest.mark.parametrize(
    ("csv", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 spreadsheet", "is_spreadsheet"),
        (b"%PDF-1.7\x00\x01", "not_text"),
        (b"zomaar een zin", "not_csv"),
        (HEADER.encode(), "no_rows"),
        (HEADER.encode() + b'\n1;2;"half', "broken_csv"),
        (HEADER.replace("Gezag", "Iets").encode() + b"\n1;2;3;4;5;6;7", "columns_missing"),
        (b"a;\x81;c;d\n1;2;3;4", "encoding"),
        (parents(f"1;{BSN};F;;Loon;;ja"), "keys_are_bsn"),
    ],
)
def test_other_files_than_a_csv_with_parents_are_refused(csv, code):
    assert refused(read_files, edexml(pupil(1)), csv) == code


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("1;7;F;;Loon;;", "Gezag", "authority_missing"),
        ("1;7;F;;;;ja", "Achternaam", "missing"),
        ("1;7;F;;Loon;a@b;ja", "E-mail", "not_an_email"),
        ("2;7;F;;Loon;;ja", "Leerlingnummer", "pupil_unknown"),
        ("1;;F;;Loon;;ja", "Verzorgernummer", "missing"),
        (f"1;7;F;;Loon {BSN};;ja", "Achternaam", "looks_like_bsn"),
        ("1;7;F;;" + "x" * 81 + ";;ja", "Achternaam", "too_long"),
        ("1;7;F;;Lo\x07on;;ja", "Achternaam", "control_character"),
        ("1;7;F;;Loon;;ja;meer;nog", "Leerlingnummer", "too_many_cells"),
    ],
)
def test_each_cell_that_does_not_fit_is_told(row, column, code):
    assert [(error[2], error[3]) for error in errors_of(edexml(pupil(1)), parents(row))] == [(column, code)]


def test_one_guardian_with_two_names_is_not_guessed():
    csv = parents("1;7;Fa;;Loon;;ja", "2;7;Bo;;Smit;;ja")

    assert [error[3] for error in errors_of(edexml(pupil(1) + pupil(2)), csv)] == ["guardian_differs"]


def test_a_teacher_without_a_call_name_is_fine():
    xml = edexml(pupil(1), teacher("t").replace("<roepnaam>T</roepnaam>", ""))

    assert [(member.call_name, member.surname) for member in read_edexml(xml).staff] == [("", "Meester")]


def test_rows_survive_the_staging_table():
    upload = read_files(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    assert from_json(json.loads(json.dumps(to_json(upload), cls=DjangoJSONEncoder))) == upload


def test_small_readers():
    assert fold("Şahin", "van den Łuczak-Öz") == fold("SAHIN vandenluczak oz")
    assert read_date("4-3-2015") == read_date("2015-03-04") == read_date("20150304") == day("2015-03-04")
    assert has_bsn("nr 999.990.019 x")
    assert not has_bsn("2024-11-21 en 06-12345678")
    with pytest.raises(BadCell):
        clean("a\x00b", 10)


def mutations(seed: bytes, count: int) -> list[bytes]:
    """Malformed variants: bytes changed, cut, doubled, swapped, or replaced by nasty pieces."""
    chance = random.Random(20261121)
    nasty = [b"\x00", b"\xff\xfe", b"<", b"&#0;", b"&x;", b"]]>", b'"', b";;;;", b"\r", b"<!DOCTYPE a>"]
    nasty += [b"\xe2\x80\xae", b"9" * 400]
    found = []
    for _ in range(count):
        data = bytearray(seed)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(max(1, len(data) - 1))
            to = min(len(data), at + chance.randint(1, 40))
            what = chance.randrange(5)
            if what == 0 and at < len(data):
                data[at] = chance.randrange(256)
            elif what == 1:
                del data[at:to]
            elif what == 2:
                data[at:at] = data[at:to]
            elif what == 3:
                data[at:at] = chance.choice(nasty)
            else:
                del data[max(1, at) :]
        found.append(bytes(data))
    return found


def outcome(read, *args) -> str:
    try:
        upload = read(*args)
    except FileRefused as refusal:
        return say(refusal) and "refused"
    assert all(error.code in ROWS for error in upload.errors)
    return "errors" if upload.errors else "read"


def test_five_thousand_malformed_edexml_files():
    seed = edexml(pupil(1) + pupil(2, "Ömer", "Şahin", group="b"), teacher("t", email="t@school.example.org"))

    results = {outcome(read_edexml, data) for data in mutations(seed, 5000)}

    assert results == {"refused", "errors", "read"}


def test_five_thousand_malformed_csv_files():
    upload = edexml(pupil(1) + pupil(2))
    seed = parents("1;7;Fa;van;Loon;fa@ouders.example.org;ja", '2;8;"Bo";;Öz;;alleen informatie')

    results = {outcome(read_files, upload, data) for data in mutations(seed, 5000)}

    assert results == {"refused", "errors", "read"}


@settings(max_examples=150)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(xml, csv):
    assert outcome(read_edexml, xml) == "refused"
    assert outcome(read_files, edexml(pupil(1)), csv) in {"refused", "errors", "read"}


@settings(max_examples=150)
@given(st.lists(st.text(max_size=30), min_size=7, max_size=7))
def test_any_text_in_a_row_is_an_error_or_a_row(cells):
    csv = parents(";".join(f'"{cell.replace(chr(34), "")}"' for cell in cells))

    assert outcome(read_files, edexml(pupil(1)), csv) in {"refused", "errors", "read"}
