"""A real PostgreSQL, Valkey and mailbox for the whole test run; loaded by pytest before Django reads its settings."""

import atexit
import os

import devstack

_running = devstack.running(outside={})
stack = _running.__enter__()
atexit.register(_running.__exit__, None, None, None)
os.environ.update(stack.env)
