"""A load that was interrupted, on an empty database."""

import pytest

from accounts.models import User
from opmaat_portal.demo import load
from opmaat_portal.demo.foundations import LANKFORST
from schools.models import Foundation


@pytest.mark.django_db
def test_an_interrupted_load_leaves_nothing_and_may_be_repeated(monkeypatch):
    monkeypatch.setattr(load, "FOUNDATIONS", (LANKFORST,))

    def interrupt(line: str) -> None:
        raise KeyboardInterrupt(line)

    with pytest.raises(KeyboardInterrupt, match="lankforst: "):
        load.load_all(is_small=True, say=interrupt)
    assert not Foundation.objects.exists()
    assert not User.objects.exists()

    load.load_all(is_small=True, say=lambda line: None)
    assert Foundation.objects.get().slug == "lankforst"
