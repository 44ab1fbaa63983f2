"""The container's shape without a container: production settings, secrets from files, its own health check."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

import devstack
from devstack import commands, processes
from devstack.stack import ROOT, free_port

SECRETS = ("DATABASE_URL", "SECRET_KEY", "PORTAL_KEYS", "EMAIL_URL")


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a running web process as docker-compose.yml would give it."""
    folder = tmp_path_factory.mktemp("production")
    with devstack.running(outside={}) as stack:
        port = free_port()
        env = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "opmaat_portal.settings.production",
            "PORTAL_URL": "https://portal.example.org",
            "REDIS_URL": stack.env["REDIS_URL"],
            "STATIC_ROOT": str(folder / "static"),
            "PORT": str(port),
        }
        for name in SECRETS:
            (folder / name).write_text(stack.env[name])
            env[f"{name}_FILE"] = str(folder / name)
        migrate = commands.here(commands.MIGRATE)
        subprocess.run(
            migrate, cwd=ROOT, env={**env, "OWNER_DATABASE_URL": stack.env["OWNER_DATABASE_URL"]}, check=True
        )
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        subprocess.run(collect, cwd=ROOT, env=env, check=True)
        web = processes.start("web", commands.here(commands.WEB), env=env, cwd=ROOT, log=folder / "web.log")
        try:
            processes.wait_until(lambda: health(env) == 0, child=web, seconds=30, what="The web process")
            yield env
        finally:
            processes.stop(web)


def health(env: dict[str, str]) -> int:
    return subprocess.run(
        [sys.executable, "deploy/healthcheck.py"], cwd=ROOT, env=env, check=False
    ).returncode


def test_the_health_check_of_the_container_passes_and_can_fail(production: dict[str, str]) -> None:
    assert health(production) == 0
    assert health(production | {"PORT": str(free_port())}) != 0
    # Another name than its own is refused, so the check really asks the portal.
    assert health(production | {"PORTAL_URL": "https://elsewhere.example.org"}) != 0


def test_pages_and_style_come_as_behind_a_proxy_with_https(production: dict[str, str]) -> None:
    headers = {"Host": "portal.example.org", "X-Forwarded-Proto": "https"}

    def get(path: str) -> tuple[dict[str, str], str]:
        request = urllib.request.Request(f"http://127.0.0.1:{production['PORT']}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(answer.headers), answer.read().decode()

    page_headers, page = get("/")
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    style_headers, _ = get(style)

    assert "max-age=31536000" in page_headers["Strict-Transport-Security"]
    assert "default-src 'none'" in page_headers["Content-Security-Policy"]
    assert style.startswith("/static/")
    assert "immutable" in style_headers["Cache-Control"]
