"""How the inside answers."""

import json
import os


def answer(call, **facts):
    """One write, so that answers of several processes do not mix."""
    os.write(1, b"\x1e" + json.dumps({"call": call, **facts}).encode() + b"\n")
