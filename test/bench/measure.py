"""Measures commands side by side: argument 1 is JSON, {"runs": N, "commands": [{"name", "argv", "stdin"}]}.

Each round runs every command once, so that a machine that grows slower does so for all of them. Prints JSON: by name a
list of [processor seconds, seconds, peak KiB], those of all that the command started and waited for included. A command
that fails, or writes to its standard error, ends the measurement.
"""

import json
import os
import subprocess
import sys
import time

ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root"}


def once(command):
    with open(command.get("stdin") or "/dev/null", "rb") as stdin:
        began = time.perf_counter()
        child = subprocess.Popen(
            command["argv"], stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", env=ENV
        )
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        taken = time.perf_counter() - began
    child.returncode = status
    if status != 0 or said:
        sys.exit(f"{command['name']}: status {status}: {said.decode()}")
    return [usage.ru_utime + usage.ru_stime, taken, usage.ru_maxrss]


task = json.loads(sys.argv[1])
measured = {command["name"]: [] for command in task["commands"]}
for number in range(task["runs"] + 2):
    for command in task["commands"]:
        taken = once(command)
        if number >= 2:  # The first two rounds fill caches.
            measured[command["name"]].append(taken)
print(json.dumps(measured))
