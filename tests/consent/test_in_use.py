"""The questions of today: as the database has them at this moment, whatever was read of them before."""

from datetime import timedelta

from consent.choices import Layer
from consent.domain import in_use
from consent.domain.in_use import purposes_now
from consent.domain.purposes import add_purpose, mark_of, reword, stop_asking
from consent.models import Purpose
from consent.querysets import purposes_on
from tests.cast import today
from tests.consent.links import link_of, send, start


def plain(rows):
    """Everything that these rows hold, row by row, in their order."""
    return [
        (
            values(purpose),
            [values(place) for place in purpose.places.all()],
            [
                (values(version), [values(text) for text in version.texts.all()])
                for version in purpose.versions.all()
            ],
        )
        for purpose in rows
    ]


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def asked_now():
    return plain(purposes_now().values())


def asked_by_the_models():
    return plain(purposes_on(today()))


def add_an_event(cast, on):
    return add_purpose(
        slug=f"kamp-{on}",
        layer=Layer.PAPER,
        short_label="Kamp",
        all_must_agree=False,
        places=["Kampboek", "Wand in de gang"],
        words={"nl": ("Kamp & Co", 'Over "het kamp"'), "ar": ("المخيم", "عن المخيم")},
        in_force_on=today() - timedelta(days=3),
        event_on=on,
    )


def test_they_are_the_same_as_by_the_models(cast):
    with cast.acting():
        add_an_event(cast, today() + timedelta(days=9))

        assert asked_now() == asked_by_the_models()
        assert len(asked_now()) == len(cast.purposes) + 1


def test_who_looks_further_from_a_row_finds_its_own_only(cast):
    with cast.acting():
        for purpose in purposes_now().values():
            assert list(purpose.places.filter().order_by("id")) == sorted(
                purpose.places.all(), key=lambda place: place.id
            )
            assert purpose.versions.order_by("number").last() == purpose.versions.all()[0]


def test_other_words_are_seen_at_the_next_look(cast):
    with cast.acting():
        before = purposes_now()[cast.purposes["papier"].id]
        reword(
            purpose=before,
            words={"nl": ("Anders gezegd", "Met een andere uitleg")},
            places=[place.name for place in before.places.all()],
            is_material=True,
            in_force_on=today() + timedelta(days=1),
            seen=mark_of(before),
        )

        assert asked_now() == asked_by_the_models()
        assert "Anders gezegd" in str(asked_now())


def test_what_is_not_asked_any_more_is_gone_at_the_next_look(cast):
    purpose = cast.purposes["sociaal"]
    with cast.acting():
        assert purpose.id in purposes_now()
        fresh = Purpose.objects.get(id=purpose.id)
        stop_asking(purpose=fresh, seen=mark_of(fresh))

        assert purpose.id not in purposes_now()


def test_only_those_of_the_foundations_that_are_open(cast):
    with cast.acting():
        ours = set(purposes_now())
    with cast.acting(foundation=cast.bridge):
        theirs = set(purposes_now())

    assert ours == {purpose.id for purpose in cast.purposes.values()}
    assert not ours & theirs


def test_pages_and_choices_leave_the_rows_that_are_kept_as_they_were_made(cast, client, monkeypatch):
    """They are shared by all who come after: who changes one, changes it for everybody."""
    start(cast)
    make, kept = in_use._as_rows.__wrapped__, {}
    monkeypatch.setattr(in_use, "_as_rows", lambda text: kept.setdefault(text, make(text)))
    url = link_of(cast, cast.amina)

    for answers in (("yes", "no", "yes"), ("no", "no", "yes")):
        assert send(client, url, *answers).status_code == 303

    assert kept
    assert {text: plain(rows) for text, rows in kept.items()} == {text: plain(make(text)) for text in kept}
