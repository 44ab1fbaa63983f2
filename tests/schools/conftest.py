import pytest

from ledger.acting import Actor
from ledger.choices import ActorKind
from tests.cast import school


@pytest.fixture
def rose(cast):
    """An empty school of the foundation, for the sample files."""
    with cast.acting():
        return school(cast.home, "de-klimroos", "De Klimroos", "99OQ")


@pytest.fixture
def ada(cast):
    """Acting as the administrator."""
    with cast.acting(Actor(ActorKind.STAFF, cast.ada.id, "administrator")) as act:
        yield act
