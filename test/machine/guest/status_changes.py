"""Changes guests' status files as libvirt does, and says how long it takes until their ports have PVID 100.

status_changes.py bursts N: N ports one shortly after the other, while kvmvlan.service is at work. Prints JSON: seconds
from the last change until all are right, and those that are not.
status_changes.py routes N: the same for N guests with routed interfaces, each of which arrives in eight changes of its file;
with the last one it runs, and kvmvlan-routes.service has to route its address: pN gets 10.9.1.N.
status_changes.py gap N: N times a change at the moment when the process of kvmvlan.service has ended and systemd does not
watch the folder again yet. Prints JSON: the seconds that each took; null where it was lost.

vlan_filtering.conf must give `nic = 0` of `guest = g*` PVID 100. The ports are taps in br0.
"""

import json
import os
import random
import select
import subprocess
import sys
import time

FOLDER = "/run/libvirt/qemu"
PROCESSES = "/sys/fs/cgroup/system.slice/kvmvlan.service/cgroup.procs"
LOST_AFTER = 300


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def plug(number, is_routed=False):
    run("ip", "tuntap", "add", "dev", f"p{number}", "mode", "tap")
    run("ip", "link", "set", f"p{number}", "up", *([] if is_routed else ["master", "br0"]))


RUNNING = ("state='running' reason='booted'", "")
ARRIVING = ("state='paused' reason='migration'", "<job type='none' async='migration in' phase='prepare'/>")


def write_status(number, is_routed=False, status=RUNNING):
    attributes, job = status
    kind, source = ("ethernet", "") if is_routed else ("bridge", "<source bridge='br0'/>")
    path = f"{FOLDER}/g{number}.xml"
    with open(f"{path}.new", "w") as file:
        file.write(
            f"""<domstatus {attributes} pid='1'>{job}<domain type='kvm'><name>g{number}</name>
            <uuid>327216e4-de65-4828-96bd-{number:012d}</uuid><devices><interface type='{kind}'>
            <mac address='52:54:00:00:00:01'/>{source}<target dev='p{number}'/><alias name='net0'/>
            </interface></devices></domain></domstatus>"""
        )
    os.rename(f"{path}.new", path)


def unrouted(numbers):
    routes = {(route["dst"], route["dev"]) for route in json.loads(run("ip", "-j", "route"))}
    return [number for number in numbers if (f"10.9.1.{number}", f"p{number}") not in routes]


def wrong(numbers):
    table = {port["ifname"]: [vlan["vlan"] for vlan in port["vlans"]] for port in json.loads(run("bridge", "-j", "vlan"))}
    return [number for number in numbers if table.get(f"p{number}") != [100]]


def until_right(numbers, wrong=wrong):
    began = time.monotonic()
    while time.monotonic() - began < LOST_AFTER:
        if not wrong(numbers):
            return round(time.monotonic() - began, 2)
        time.sleep(0.05)
    return None


def until_idle():
    units = ["kvmvlan.service", "kvmvlan-followup.service"]
    quiet = 0
    while quiet < 3:
        states = run("systemctl", "show", "-P", "ActiveState", *units).split()
        quiet = quiet + 1 if all(state in ("inactive", "failed") for state in states) else 0
        time.sleep(0.1)


def node_of_service():
    """The process of node, once sh has become it."""
    while True:
        try:
            with open(PROCESSES) as file:
                for pid in file.read().split():
                    with open(f"/proc/{pid}/comm") as name:
                        if name.read() == "node\n":
                            return os.pidfd_open(int(pid))
        except OSError:
            pass  # It has not begun, or ends at this moment.


def bursts(count):
    for number in range(count):
        plug(number)
    for number in range(count):
        write_status(number)
        time.sleep(random.uniform(0, 0.08))
    seconds = until_right(range(count))
    return {"seconds": seconds, "wrong": wrong(range(count))}


def routes(count):
    for number in range(count):
        plug(number, is_routed=True)
    for status in 7 * [ARRIVING] + [RUNNING]:
        for number in range(count):
            write_status(number, is_routed=True, status=status)
            time.sleep(random.uniform(0, 0.08))
    seconds = until_right(range(count), unrouted)
    return {"seconds": seconds, "wrong": unrouted(range(count))}


def gap(count):
    seconds = []
    for number in range(0, 2 * count, 2):
        until_idle()
        plug(number)
        plug(number + 1)
        write_status(number)
        process = node_of_service()
        select.select([process], [], [])
        write_status(number + 1)
        os.close(process)
        seconds.append(until_right([number + 1]))
    return seconds


print(json.dumps({"bursts": bursts, "routes": routes, "gap": gap}[sys.argv[1]](int(sys.argv[2]))))
