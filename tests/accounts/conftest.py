import pytest


@pytest.fixture(autouse=True)
def _mail_goes_to_the_outbox(settings) -> None:
    """Django's test runner puts its own list in the place of our outbox; sign-in is tested with the real one."""
    settings.EMAIL_BACKEND = "notices.backend.OutboxBackend"
