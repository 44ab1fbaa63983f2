"""What the tests kill.

`python -m tests.devstack.launcher FOLDER [web worker beat]` says where its stack is, then waits.
"""

import json
import sys
import time

import devstack
from devstack.demo import StopAsked, listen_for_stop


def main() -> None:
    listen_for_stop()
    try:
        with devstack.running(sys.argv[1], outside={}) as stack:
            for name in sys.argv[2:]:
                stack.start(name)
            pids = {name: child.pid for name, child in stack.children.items()}
            sys.stdout.write(json.dumps({"pids": pids, "env": stack.env}) + "\n")
            sys.stdout.flush()
            time.sleep(60)
    except StopAsked:
        sys.stdout.write("stopped\n")


if __name__ == "__main__":
    main()
