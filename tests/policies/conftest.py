import pytest

from .desk import brought_in, decide, put_in_force


@pytest.fixture
def ada(cast, as_):
    return as_(cast.ada)


@pytest.fixture
def here(ada):
    """A concept with two chapters, at its page."""
    return brought_in(ada)


@pytest.fixture
def in_force(ada, here):
    """That version, agreed on and put in force today."""
    assert decide(ada, here).status_code == 303
    assert put_in_force(ada, here).status_code == 303
    return here
