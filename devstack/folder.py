"""The data folder: one owner at a time, secrets made once, and where the database's own files may lie."""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import Any

from .processes import DevstackError

PREFIX = "opmaat-"
# Long enough that a folder just made, whose lock is not yet taken, is never swept away.
SWEEP_AFTER_SECONDS = 600


class AlreadyRunningError(DevstackError):
    """Another process holds the data folder."""


class DataFolder:
    """A folder held by one process at a time (flock: freed by the kernel, also after `kill -9`)."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: int | None = None

    def claim(self, *, address: str) -> None:
        """Take the folder or raise AlreadyRunningError with the address of who has it."""
        if self.path.exists() and not (self.path / "lock").exists() and any(self.path.iterdir()):
            raise DevstackError(
                f"{self.path} holds other things than a demo; choose another folder for DATA."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as error:
            raise DevstackError(f"May not write in {self.path}: {error.strerror}.") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 500, 0).decode(errors="replace").strip()
            os.close(handle)
            raise AlreadyRunningError(
                f"A demo with the data of {self.path} is already running: {holder or 'just starting'}.\n"
                "Stop that one first, or start this one with other data: make demo DATA=.data2 PORT=8001"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{address} (process {os.getpid()})".encode(), 0)
        self._lock = handle

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def secrets(self) -> dict[str, str]:
        """SECRET_KEY and PORTAL_KEYS, made at the first start and readable by the owner only."""
        file = self.path / "secrets.json"
        if not file.exists():
            made = {"SECRET_KEY": secrets.token_urlsafe(48), "PORTAL_KEYS": secrets.token_urlsafe(48)}
            write_private(file, made)
        return dict(json.loads(file.read_text()))


def write_private(file: Path, content: Any) -> None:
    """Write JSON that nobody else may read, in one step: a reader sees the old or the new file, not half."""
    scratch = file.with_suffix(".new")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump(content, output)
    scratch.replace(file)


def database_user() -> tuple[int, int] | None:
    """(uid, gid) that PostgreSQL must run as; None when we are not root and it can be ourselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def is_reachable(path: Path, user: tuple[int, int] | None) -> bool:
    """May that user pass through every folder above `path`? (PostgreSQL as `nobody` cannot enter /root.)"""
    if user is None:
        return True
    uid, gid = user
    for folder in path.resolve().parents:
        if not folder.exists():
            continue
        info = folder.stat()
        bit = stat.S_IXUSR if info.st_uid == uid else stat.S_IXGRP if info.st_gid == gid else stat.S_IXOTH
        if not info.st_mode & bit:
            return False
    return True


def outside_home(data: Path, *, is_fresh: bool) -> Path:
    """A folder under /var/tmp for the database of a data folder that `nobody` cannot reach; always the same.

    `is_fresh`: the data folder knows nothing of it (any more), so what lies there belonged to a deleted one.
    """
    mark = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    home = Path("/var/tmp") / f"{PREFIX}{os.geteuid()}-{mark}"
    if is_fresh and is_ours(home):
        shutil.rmtree(home)
    home.mkdir(mode=0o711, exist_ok=True)
    if not is_ours(home):
        raise DevstackError(f"{home} belongs to somebody else; choose another data folder: make demo DATA=…")
    home.chmod(0o711)
    return home


def is_ours(folder: Path) -> bool:
    """A real folder (no link that somebody laid in a shared place) owned by us."""
    try:
        info = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid()


def temporary() -> Path:
    """A new data folder for a test run, where `nobody` can reach it; sweeps away those of killed runs."""
    return _new_folder("test-", Path("/var/tmp"))


def for_sockets() -> tuple[Path, int]:
    """A new folder for the sockets of one run, and the lock that says it is in use (close it at the end).

    Short: the path of a unix socket has 107 characters at most. New: nobody else may be in it.
    """
    made = _new_folder("run-", Path("/tmp"))
    lock = os.open(made / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return made, lock


def _new_folder(kind: str, parent: Path) -> Path:
    for old in parent.glob(f"{PREFIX}{kind}*"):
        if is_ours(old) and time.time() - old.stat().st_mtime > SWEEP_AFTER_SECONDS and not _is_held(old):
            shutil.rmtree(old, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}", dir=parent))
    made.chmod(0o711)
    return made


def _is_held(folder: Path) -> bool:
    try:
        with (folder / "lock").open("r+") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
