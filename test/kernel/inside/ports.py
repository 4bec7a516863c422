"""Whether the ports of bridges are ready for frames."""

import os
import time


def wait_for_ports():
    """A port forwards a moment after its link is up: state 3 (linux/if_bridge.h BR_STATE_FORWARDING)."""
    limit = time.monotonic() + 2
    while time.monotonic() < limit and not all(map(forwards_or_never_will, os.listdir("/sys/class/net"))):
        time.sleep(0.01)


def forwards_or_never_will(name):
    try:
        with open(f"/sys/class/net/{name}/brport/state", encoding="ascii") as state:
            if state.read().strip() == "3":
                return True
        with open(f"/sys/class/net/{name}/carrier", encoding="ascii") as carrier:
            return carrier.read().strip() != "1"
    except OSError:  # no port, or down
        return True
