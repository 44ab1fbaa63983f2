"""Exit 0 when the web process in this container answers /healthz (for Docker)."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

# The portal answers to its own name only, and sends plain http to https; so ask as the proxy would.
request = urllib.request.Request(
    f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz",
    headers={"Host": urlsplit(os.environ["PORTAL_URL"]).netloc, "X-Forwarded-Proto": "https"},
)
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310  a fixed loopback address
        sys.exit(answer.status != 200)
except OSError as problem:
    sys.exit(f"not healthy: {problem}")
