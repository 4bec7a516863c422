"""Process 1 of a sandbox: runs its commands, ends those that take too long, reaps orphans."""

import json
import os
import select
import signal
import time
import traceback

import dhcp
import frames
from answer import answer
from shell import Shell
from tap import open_tap


def serve(questions, config):
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    running = {}  # process -> (call, run, deadline)
    taps = {}  # name -> file descriptor, the guest's end of it
    shells = {}  # name -> Shell
    rest = b""
    while True:
        deadlines = [deadline for _, _, deadline in running.values()]
        wait = max(0, min(deadlines) - time.monotonic()) if deadlines else None
        ready, _, _ = select.select([questions, woken, *shells.values()], [], [], wait)
        if woken in ready:
            os.read(woken, 4096)
        if questions in ready:
            chunk = os.read(questions, 65536)
            if not chunk:
                os._exit(0)  # the kernel ends every other process of this sandbox with process 1
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                begin(json.loads(line), config, running, taps, shells)
        reap(running, shells)
        for shell in shells.values():
            if shell in ready:
                shell.show()
        end_overdue(running)


def begin(question, config, running, taps, shells):
    call = question["call"]
    try:
        if question["verb"] == "plug":
            taps[question["tap"]] = open_tap(question["tap"])
            answer(call)
        elif question["verb"] == "unplug":
            os.close(taps.pop(question["tap"]))
            answer(call)
        elif question["verb"] == "shell":
            shells[question["shell"]] = Shell(question, config["path"])
        elif question["verb"] == "type":
            if question["shell"] in shells:  # else it has just ended
                shells[question["shell"]].type(question["text"])
            answer(call)
        elif question["verb"] == "resize":
            if question["shell"] in shells:
                shells[question["shell"]].resize(question)
            answer(call)
        else:
            start = STARTS[question["interpreter"]]
            process = start(os.path.join(config["shared"], question["run"]), question["run"], config, taps)
            running[process] = (call, question["run"], time.monotonic() + question["timeoutMs"] / 1000)
    except (OSError, KeyError) as error:
        answer(call, error=repr(error))


def start_script(files, run, config, _taps):
    """/bin/sh in its own session, marked in its environment so that everything it starts can be found again."""
    new = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, f"{files}/stdin", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, f"{files}/stdout", new, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, f"{files}/stderr", new, 0o644),
    ]
    environment = {"PATH": config["path"], "HOME": "/tmp", "LANG": "C.UTF-8", "KVMVLAN_RUN": run}
    defaults = [signal.SIGPIPE, signal.SIGXFSZ]
    return os.posix_spawn(
        "/bin/sh",
        ["sh", f"{files}/script"],
        environment,
        file_actions=actions,
        setsid=True,
        setsigdef=defaults,
    )


def forked(work):
    """In a fork of this process: starting python3 takes half a second in User-Mode Linux, and it has the taps."""

    def start(files, _run, _config, taps):
        process = os.fork()
        if process:
            return process
        status = 1
        try:
            with open(f"{files}/script", encoding="utf-8") as file:
                wanted = json.load(file)
            result = work(wanted, taps)
            with open(f"{files}/stdout", "w", encoding="utf-8") as file:
                json.dump(result, file)
            status = 0
        except BaseException:  # pylint: disable=broad-except
            with open(f"{files}/stderr", "w", encoding="utf-8") as file:
                traceback.print_exc(file=file)
        finally:
            os._exit(status)
        return None

    return start


STARTS = {"sh": start_script, "frames": forked(frames.who_hears), "dhcp": forked(dhcp.play)}


def reap(running, shells):
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if process == 0:
            return
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        if process in running:
            answer(running.pop(process)[0], status=code)
        for name, shell in list(shells.items()):
            if shell.process == process:
                shells.pop(name).end(code)


def end_overdue(running):
    now = time.monotonic()
    for process, (call, run, deadline) in list(running.items()):
        if deadline <= now:
            del running[process]
            kill_all(process, run)
            answer(call, timedOut=True)


def kill_all(process, run):
    """The group, and whatever left it: twice, for what was forked meanwhile."""
    for end in [os.killpg, os.kill]:
        try:
            end(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    mark = b"KVMVLAN_RUN=" + run.encode()
    for _ in range(2):
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    if mark in file.read().split(b"\0"):
                        os.kill(int(name), signal.SIGKILL)
            except OSError:
                continue
