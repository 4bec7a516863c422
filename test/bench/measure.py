"""Times commands side by side: argument 1 is JSON, {"runs": N, "commands": [{"name", "argv", "stdin", "before"}]}.

Each round runs every command once, so that a machine that grows slower does so for all of them. Prints JSON: by name
the list of seconds. A command that fails ends the measurement.
"""

import json
import subprocess
import sys
import time


def once(command):
    if command.get("before"):
        subprocess.run(["sh", "-c", command["before"]], check=True)
    stdin = open(command.get("stdin") or "/dev/null", "rb")
    began = time.perf_counter()
    subprocess.run(command["argv"], stdin=stdin, check=True, stdout=subprocess.DEVNULL, cwd="/")
    return time.perf_counter() - began


task = json.loads(sys.argv[1])
seconds = {command["name"]: [] for command in task["commands"]}
for number in range(task["runs"] + 2):
    for command in task["commands"]:
        taken = once(command)
        if number >= 2:  # The first two rounds fill caches.
            seconds[command["name"]].append(taken)
print(json.dumps(seconds))
