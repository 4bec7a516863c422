"""What libvirtd does to its hooks when it is restarted: restart.py HOOKS COUNT INPUT

The daemon's hook, and then the reconnect of so many guests side by side (qemu_process.c: a thread for each). Prints JSON:
seconds of processor time of the hooks and of all that they started, and MiB of memory at the worst moment (the sum of
PSS: a page that several processes share counts once).
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time

hooks, count, source = sys.argv[1], int(sys.argv[2]), sys.argv[3]
peak, is_over = 0, False


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            for child in file.read().split():
                yield child
                yield from children(child)
    except OSError:
        pass  # It has ended.


def pss(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def watch():
    global peak
    while not is_over:
        peak = max(peak, sum(pss(child) for child in children(os.getpid())))
        time.sleep(0.005)


def call(*words):
    return subprocess.Popen(
        words, cwd="/", stdin=open(source), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


watcher = threading.Thread(target=watch)
watcher.start()
states = [call(f"{hooks}/daemon", "-", "start", "-", "start").wait()]
guests = [call(f"{hooks}/qemu", f"guest{number}", "reconnect", "begin", "-") for number in range(count)]
states += [guest.wait() for guest in guests]
is_over = True
watcher.join()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"failed": sum(map(bool, states)), "seconds": used.ru_utime + used.ru_stime, "mib": peak / 1024}))
