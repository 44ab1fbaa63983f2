"""End sessions: after a change of password or second factor, or when somebody may not come in any more (R21)."""

from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest

from accounts.models import User


def end_sessions(user: User) -> None:
    """Every session of this mailbox is dead from its next request on."""
    User.objects.filter(pk=user.pk).update(sessions_round=F("sessions_round") + 1)
    user.refresh_from_db(fields=["sessions_round"])


def end_other_sessions(request: HttpRequest) -> None:
    """The same for all but the session that asks for it; that one gets a new id."""
    end_sessions(request.user)  # type: ignore[arg-type]
    update_session_auth_hash(request, request.user)  # type: ignore[arg-type]


def deactivate(user: User) -> None:
    """Nobody signs in with this mailbox any more. Sessions stay dead when it is opened again later."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
