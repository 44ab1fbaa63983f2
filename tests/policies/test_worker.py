"""A real worker and beat: a document that was asked for while no worker ran is made once there is one (P5)."""

import time

import pytest

from policies.choices import DocumentKind, DocumentState
from policies.domain.documents import ask_documents, latest_document
from policies.models import Document
from tests.policies.published import put_in_force

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

PATIENCE = 120  # on a busy machine; alone it takes some 8 seconds
SHORT = {"OUTBOX_SWEEP_SECONDS": "1"}


@pytest.fixture
def beat(stack):
    stack.start("beat", **SHORT)
    yield
    for name in ("beat", "worker"):
        if stack.is_running(name):
            stack.kill(name)


def test_what_was_asked_without_a_worker_is_made_when_there_is_one(cast, stack, beat):
    with cast.acting():
        version = put_in_force(cast)
        Document.objects.all().delete()
    with cast.acting():
        ask_documents(version)
        wanted = Document.objects.count()

    def ready() -> int:
        with cast.acting():
            return Document.objects.filter(state=DocumentState.READY).count()

    assert ready() == 0
    stack.start("worker", **SHORT)
    deadline = time.monotonic() + PATIENCE
    while ready() < wanted:
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)

    with cast.acting():
        made = latest_document(version, cast.harbour, DocumentKind.PROTOCOL)
        assert bytes(made.pdf).startswith(b"%PDF-1.7")
        assert set(Document.objects.values_list("attempts", flat=True)) == {1}
