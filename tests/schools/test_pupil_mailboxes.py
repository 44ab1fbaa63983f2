"""A pupil with an own address signs in with it; with the address of a parent nobody becomes the pupil (C8)."""

from accounts.choices import Capacity
from accounts.models import Reach
from schools.models import Pupil

from .files import bring_in, edexml, parents, pupil

OWN, OTHER = "kim@leerling.example.org", "kim.bos@leerling.example.org"


def with_email(address: str) -> bytes:
    return edexml(pupil("1", more=f"<emailadres>{address}</emailadres>"), brin="99OQ")


def mailboxes() -> list[str]:
    found = Reach.objects.filter(capacity=Capacity.PUPIL, person_id=Pupil.objects.get(call_name="Kim").id)
    return list(found.values_list("user__email", flat=True))


def test_an_import_gives_a_pupil_with_an_own_address_a_mailbox_and_follows_a_new_one(rose, ada):
    bring_in(with_email(OWN))
    assert mailboxes() == [OWN]

    bring_in(with_email(OTHER))
    assert mailboxes() == [OTHER]


def test_the_address_of_a_parent_is_no_mailbox_of_the_pupil(rose, ada):
    csv = parents(f"1;9;Eva;;Bos;{OWN};ja")

    bring_in(with_email(OWN.upper()), csv)

    assert Pupil.objects.get(call_name="Kim").email
    assert mailboxes() == []
    assert Reach.objects.filter(capacity=Capacity.GUARDIAN, user__email=OWN).count() == 1
