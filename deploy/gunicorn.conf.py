"""Gunicorn: one file for the demo, the tests and the container. Numbers come from the environment."""

import ctypes
import os
import signal
import socket
import sys
from typing import Any

# In the container the address is 0.0.0.0, because a proxy in another container must reach it.
bind = f"{os.environ.get('BIND_ADDRESS', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"

PR_SET_PDEATHSIG = 1
# How long the kernel holds a silent connection back; browsers give theirs up sooner.
SILENT_SECONDS = 120

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "sync"
# A check of 400 pupils names them all in its address (17 characters each); this is the most that gunicorn takes.
limit_request_line = 8190

# Loaded once and shared: starts faster, uses less memory. Nothing connects to the database before the fork.
preload_app = True
timeout = 30
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500

# A worker proves that it lives by touching a file; on a slow disk that would block it.
worker_tmp_dir = "/dev/shm"  # noqa: S108
# The remote control of gunicorn >= 25.1 would be one socket in the home folder for all gunicorns of a user.
control_socket_disable = True

accesslog = "-" if os.environ.get("WEB_ACCESS_LOG") else None
errorlog = "-"


def when_ready(server: Any) -> None:
    """Let the kernel hold a connection back until its request is there (Linux).

    Browsers open connections ahead of time and leave them silent; a sync worker that took one would wait
    for it until its timeout and serve nobody meanwhile.
    """
    for listener in server.LISTENERS:
        if listener.sock.family != socket.AF_UNIX and hasattr(socket, "TCP_DEFER_ACCEPT"):
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)


def post_fork(server: Any, worker: Any) -> None:
    """End a worker at once when gunicorn itself is killed; it would look only every 15 seconds (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
