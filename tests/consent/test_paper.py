"""Forms on paper: who gets one, what stands on it, and the PDF that a worker makes."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.utils import timezone

from consent.choices import Value
from consent.domain import piles
from consent.domain.papers import NobodyToPrint, print_forms, sheets_for, sheets_for_group
from consent.domain.purposes import freeze_wording
from consent.domain.scans import ScanRefused, read_scan
from consent.models import PaperForm, PaperPile
from ledger.choices import Verb
from ledger.models import Entry
from schools.models import Guardian, Guardianship
from tests.cast import today
from tests.consent.test_staff import say


def names(sheets) -> list[tuple[str, str]]:
    return [(sheet.pupil.call_name, sheet.guardian.call_name if sheet.guardian else "") for sheet in sheets]


def printed(cast, sheets=None, by=None) -> PaperPile:
    with cast.acting():
        return print_forms(sheets=sheets or sheets_for_group(cast.group_8a), by=by or cast.olga)


# Who gets a form


def test_everybody_who_decides_gets_a_form_of_their_own_sorted_by_the_childs_name(cast):
    with cast.acting():
        sheets = sheets_for_group(cast.group_8a)

    # Ward is only informed; Sam is 16 and gets one without a parent.
    assert names(sheets) == [("Bo", "Karol"), ("Noor", "Amina"), ("Noor", "Erik"), ("Sam", "")]


def test_who_may_not_be_contacted_gets_no_form(cast):
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.erik).update(may_be_contacted=False)

        assert names(sheets_for([cast.noor])) == [("Noor", "Amina")]


def test_a_pupil_who_left_gets_no_form(cast):
    with cast.acting():
        cast.noor.enrolments.update(until=today() - timedelta(days=1))

        assert names(sheets_for([cast.noor])) == []


def test_only_who_is_silent_means_who_has_not_answered_every_question(cast):
    say(cast, cast.amina, cast.noor, Value.NO, "papier", "besloten", "sociaal")
    say(cast, cast.erik, cast.noor, Value.YES, "papier")

    with cast.acting():
        assert names(sheets_for([cast.noor], only_silent=True)) == [("Noor", "Erik")]


def test_a_yes_of_last_year_is_silence_and_a_no_is_not(cast):
    """It ended with the school year (C3): in September the family gets a sheet again."""
    say(cast, cast.amina, cast.noor, Value.NO, "papier", "besloten", "sociaal")
    say(cast, cast.erik, cast.noor, Value.YES, "papier", "besloten", "sociaal")

    with cast.acting(now=timezone.now() + timedelta(days=366)):
        assert names(sheets_for([cast.noor], only_silent=True)) == [("Noor", "Erik")]


def test_nobody_to_print_for_is_said(cast):
    with cast.acting(), pytest.raises(NobodyToPrint):
        print_forms(sheets=[], by=cast.olga)


# What is kept


def test_each_form_has_a_code_and_the_day_and_is_written_down_for_its_child(cast):
    pile = printed(cast)

    with cast.acting():
        forms = list(PaperForm.objects.filter(pile=pile).order_by("id"))
        entries = Entry.objects.filter(verb=Verb.FORM_PRINTED).order_by("id")
        assert [entry.subject_id for entry in entries] == [form.pupil_id for form in forms]
    assert len({form.code for form in forms}) == 4
    assert {form.printed_on for form in forms} == {today()}


# The PDF


def test_the_pdf_has_a_page_per_form_is_tagged_and_names_the_child_by_initial_only(cast):
    with cast.acting():
        Guardian.objects.filter(id=cast.karol.id).update(language="en")
    pile = printed(cast)
    with cast.acting():
        html = piles.html_of(pile)
        code = pile.forms.order_by("id")[0].code

    assert f"Noor{piles.NO_BREAK}Y." in html
    assert "Noor Yıldız" not in html
    assert f"{code[:5]} {code[5:]}" in html
    assert html.count('class="box"') == 4 * 3 * 3  # forms, questions, answers
    assert 'lang="en"' in html
    assert "Papier (en)" in html
    assert "Papier (nl)" in html


def test_the_words_are_those_of_the_day_of_printing(cast):
    pile = printed(cast)
    with cast.acting():
        freeze_wording(
            purpose=cast.purposes["papier"],
            words={"nl": ("Andere woorden", "Voor morgen")},
            is_material=True,
            in_force_on=today() + timedelta(days=1),
        )

        assert "Andere woorden" not in piles.html_of(pile)


@pytest.mark.django_db(transaction=True)
def test_a_worker_makes_the_pdf_once_and_it_is_forgotten_after_30_days(cast):
    pile = printed(cast)

    assert piles.make_due(cast.home.id, seconds=120) is False

    with cast.acting() as act:
        made = PaperPile.objects.get(id=pile.id)
        with pikepdf.open(io.BytesIO(bytes(made.pdf))) as pdf:
            assert len(pdf.pages) == 4
            assert "/StructTreeRoot" in pdf.Root
            assert str(pdf.Root.Lang) == "nl"
        assert not piles.has_due(act.now)
        assert piles.forget_old(act.now + timedelta(days=29)) == 0
        assert piles.forget_old(act.now + timedelta(days=31)) == 1
        assert bytes(PaperPile.objects.get(id=pile.id).pdf) == b""
        assert PaperForm.objects.filter(pile=pile).count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_pile_in_the_hand_of_another_worker_is_left_alone_until_its_lease_ends(cast):
    pile = printed(cast)
    with cast.acting() as act:
        PaperPile.objects.filter(id=pile.id).update(lease_until=act.now + timedelta(minutes=1), attempts=1)

    piles.make_due(cast.home.id)

    with cast.acting() as act:
        assert PaperPile.objects.get(id=pile.id).made_at is None
        assert piles.has_due(act.now + timedelta(minutes=2))


# Scans


def one_page(*, script: bool = False, pages: int = 1) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        if script:
            pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
            pdf.attachments["vreemd.exe"] = b"MZ"
        pdf.save(out)
    return out.getvalue()


def test_a_scanned_pdf_keeps_nothing_but_its_pages():
    scan = read_scan(one_page(script=True))

    assert scan.media_type == "application/pdf"
    with pikepdf.open(io.BytesIO(scan.content)) as pdf:
        assert len(pdf.pages) == 1
        assert "/OpenAction" not in pdf.Root
        assert len(pdf.attachments) == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ not a scan", b"%PDF-1.7 broken", b"<svg onload=alert(1)>", one_page(pages=11)],
    ids=["empty", "program", "broken", "svg", "book"],
)
def test_what_is_no_scan_is_refused(data):
    with pytest.raises(ScanRefused) as refused:
        read_scan(data)

    assert refused.value.code == "unreadable"


def test_a_scan_over_8_mb_is_refused_unread():
    with pytest.raises(ScanRefused) as refused:
        read_scan(b"%PDF-" + b" " * (8 * 1024 * 1024))

    assert refused.value.code == "too_big"
