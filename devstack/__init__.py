"""What the portal stands on when nobody provides it: PostgreSQL, Valkey, a mailbox, and its own processes.

For the demo (`python -m devstack.demo`) and for the tests (`with devstack.running() as stack:`). No Django.
"""

from .attach import attach
from .processes import DevstackError
from .stack import Stack, running

__all__ = ["DevstackError", "Stack", "attach", "running"]
