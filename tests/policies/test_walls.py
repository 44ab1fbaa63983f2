"""What the database itself refuses, as the role that the portal has: the acts are not the only wall."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from policies.choices import BlockKind, Outcome
from policies.models import Block, Chapter, CouncilDecision, FrozenText, Protocol, Version
from policies.querysets import version_in_force, versions_in_force_order
from tests.cast import today

from .steps import concept, decided, in_force

FROZEN = "this version is in force"


def change(sql: str, *params) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE policies_block SET text = 'anders' WHERE id = %(block)s",
        "DELETE FROM policies_block WHERE id = %(block)s",
        "UPDATE policies_chapter SET title = 'anders' WHERE id = %(chapter)s",
        "DELETE FROM policies_chapter WHERE id = %(empty)s",
        "UPDATE policies_version SET in_force_on = in_force_on + 1 WHERE id = %(version)s",
        "UPDATE policies_version SET frozen_at = NULL, in_force_on = NULL WHERE id = %(version)s",
        "DELETE FROM policies_version WHERE id = %(version)s",
    ],
)
def test_what_is_in_force_never_changes_whoever_asks(cast, sql):
    with cast.acting():
        version = in_force(cast)
        chapters = {chapter.title: chapter for chapter in version.chapters.all()}
        ids = {
            "version": version.id,
            "empty": chapters["Doel"].id,
            "chapter": chapters["Foto's"].id,
            "block": chapters["Foto's"].blocks.all()[0].id,
        }

        with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, ids)


def test_nothing_is_added_to_what_is_in_force(cast):
    with cast.acting():
        version = in_force(cast)
        chapter = version.chapters.all()[1]
        new = {"foundation": cast.home, "position": 9}

        with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
            Chapter.objects.create(version=version, key=chapter.blocks.all()[0].key, title="Erbij", **new)
        with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
            Block.objects.create(chapter=chapter, key=chapter.key, kind=BlockKind.ITEM, text="Erbij", **new)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE policies_block SET chapter_id = %(other_chapter)s, position = 7 WHERE id = %(block)s",
        "UPDATE policies_chapter SET version_id = %(other)s, position = 7 WHERE id = %(chapter)s",
    ],
)
def test_nothing_moves_from_a_text_in_force_to_a_concept(cast, sql):
    with cast.acting():
        frozen, other = in_force(cast, "1.0"), concept(cast, "2.0")
        chapter = frozen.chapters.all()[1]
        ids = {
            "chapter": chapter.id,
            "block": chapter.blocks.all()[0].id,
            "other": other.id,
            "other_chapter": other.chapters.all()[0].id,
        }

        with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, ids)


def test_a_concept_may_change(cast):
    with cast.acting():
        version = concept(cast)

        change("UPDATE policies_block SET text = 'anders' WHERE foundation_id = %s", cast.home.id)

        assert set(Block.objects.filter(chapter__version=version).values_list("text", flat=True)) == {
            "anders"
        }


@pytest.mark.parametrize("table", ["policies_frozentext", "policies_councildecision"])
@pytest.mark.parametrize(
    "sql", ["UPDATE {} SET foundation_id = foundation_id", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_frozen_texts_and_decisions_are_only_added_to(cast, table, sql):
    with cast.acting():
        in_force(cast)

        with pytest.raises(ProgrammingError, match="permission denied"):
            change(sql.format(table))


def test_another_foundation_sees_nothing_of_it(cast):
    with cast.acting():
        version = in_force(cast)
        decided(cast, concept(cast, "2.0"), Outcome.REFUSED)

    with cast.acting(foundation=cast.bridge):
        assert version_in_force(today()) is None
        assert not versions_in_force_order().exists()
        for model in (Protocol, Version, Chapter, Block, FrozenText, CouncilDecision):
            assert model.objects.count() == 0, model.__name__
        assert not FrozenText.objects.filter(version_id=version.id).exists()


def test_another_foundation_cannot_hang_anything_on_it(cast):
    with cast.acting():
        version = concept(cast)

    with cast.acting(foundation=cast.bridge), pytest.raises(IntegrityError), transaction.atomic():
        Chapter.objects.create(
            foundation=cast.bridge, version_id=version.id, key=uuid4(), position=1, title="Van een ander"
        )
