"""What people do at the sign-in pages, in words."""

import re
import time
from urllib.parse import urlencode

import time_machine
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.sealing import unseal
from notices.models import AccountMail

PASSWORD = "een lange zin over appels"


def later(seconds: float) -> time_machine.travel:
    """A moment as a number: with a zone, time-machine would change the machine's own zone as well."""
    return time_machine.travel(time.time() + seconds)


def mailbox(
    email: str = "ouder@voorbeeld.example.org", password: str | None = None, **fields: object
) -> User:
    return User.objects.create_user(email, password, **fields)


def newest_mail(to: str) -> AccountMail:
    return AccountMail.objects.filter(to=to).order_by("created_at", "id").last()


def code_in_mail(to: str) -> str:
    return re.search(r"\b\d{4}-\d{4}\b", newest_mail(to).text)[0]


def link_in_mail(to: str) -> str:
    return re.search(r"https?://[^/]+(/\S+)", newest_mail(to).text)[1]


def ask_code(client: Client, email: str, **more: str) -> HttpResponse:
    return client.post("/accounts/login/code/", {"email": email} | more)


def give_code(client: Client, code: str, **more: str) -> HttpResponse:
    return client.post("/accounts/login/code/confirm/", {"code": code} | more)


def sign_in_by_code(client: Client, email: str) -> HttpResponse:
    ask_code(client, email)
    return give_code(client, code_in_mail(email))


def sign_in_by_password(
    client: Client, email: str, password: str = PASSWORD, next_url: str = ""
) -> HttpResponse:
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    return client.post(f"/accounts/login/{query}", {"login": email, "password": password})


def is_signed_in(client: Client) -> bool:
    return client.get("/start/").status_code == 200


def app_code(seed: str, steps: int = 0) -> str:
    """What an authenticator app shows now, or some half minutes later."""
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30 + steps))


def add_app(client: Client) -> str:
    """Set up an authenticator app in this session; returns its seed."""
    client.get("/accounts/2fa/totp/activate/")
    seed = unseal(client.session[SECRET_SESSION_KEY])
    response = client.post("/accounts/2fa/totp/activate/", {"code": app_code(seed)})
    assert response.status_code == 303, response.content.decode()
    return seed
