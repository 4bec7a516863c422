"""Runs hooks as libvirt does (vircommand.c virCommandRun): real pipes, which it reads until both are at their end,
and the exit status only then. One JSON object a line: a job comes in; its pid, and later its result, go out.
Byte strings are in base64, as names need not be UTF-8."""

import base64
import json
import os
import selectors
import subprocess
import sys
import threading
import time

KEEP = 8 << 20  # of what a hook writes
out_lock = threading.Lock()


def tell(answer):
    with out_lock:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def run(job):
    in_read, in_write = os.pipe()
    outputs = {"stdout": os.pipe(), "stderr": os.pipe()}
    for ends in [(in_read, in_write), *outputs.values()]:
        for fd in ends:
            os.set_inheritable(fd, False)
    began = time.monotonic()
    child = subprocess.Popen(
        [base64.b64decode(word) for word in job["argv"]],
        env={name.encode(): base64.b64decode(value) for name, value in job["env"].items()},
        cwd="/",
        stdin=in_read,
        stdout=outputs["stdout"][1],
        stderr=outputs["stderr"][1],
    )
    os.close(in_read)
    texts, sizes = {}, {}
    selector = selectors.DefaultSelector()
    for name, (read, write) in outputs.items():
        os.close(write)
        texts[name], sizes[name] = bytearray(), 0
        if name in job["unread"]:
            os.close(read)
        else:
            selector.register(read, selectors.EVENT_READ, name)
    waiting = memoryview(base64.b64decode(job["input"]))
    os.set_blocking(in_write, False)
    selector.register(in_write, selectors.EVENT_WRITE, "stdin")
    tell({"id": job["id"], "pid": child.pid})

    hung = False
    deadline = began + job["deadline"]
    # Where nobody reads, the input is written all the same.
    unread = len(job["unread"]) == 2
    while len(selector.get_map()) > (1 if in_write is not None and not unread else 0):
        if time.monotonic() > deadline:
            hung = True
            child.kill()
            break
        for key, _ in selector.select(max(0.0, deadline - time.monotonic())):
            if key.data == "stdin":
                try:
                    waiting = waiting[os.write(in_write, waiting):]
                except BlockingIOError:
                    continue
                except BrokenPipeError:
                    waiting = memoryview(b"")
                if not waiting:
                    selector.unregister(in_write)
                    os.close(in_write)
                    in_write = None
                continue
            chunk = os.read(key.fd, 1 << 16)
            if not chunk:
                selector.unregister(key.fd)
                os.close(key.fd)
                continue
            sizes[key.data] += len(chunk)
            texts[key.data] += chunk[: max(0, KEEP - len(texts[key.data]))]
    for fd in [key.fd for key in selector.get_map().values()]:
        os.close(fd)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    tell(
        {
            "id": job["id"],
            "status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "stdout": base64.b64encode(texts["stdout"]).decode(),
            "stderr": base64.b64encode(texts["stderr"]).decode(),
            "ms": round((time.monotonic() - began) * 1000),
            "cpuMs": round((usage.ru_utime + usage.ru_stime) * 1000),
            "peakKb": usage.ru_maxrss,
            "hung": hung,
        }
    )


def attempt(job):
    try:
        run(job)
    except OSError as error:
        # libvirt: "Failed to execute": as bad as a status other than 0.
        tell({"id": job["id"], "cannotStart": error.strerror})


os.umask(0o022)
for line in sys.stdin:
    threading.Thread(target=attempt, args=[json.loads(line)]).start()
