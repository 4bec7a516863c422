"""A sandbox: its own network, processes and writable folders; all else is read-only.

Leaving it takes everything along: bridges, taps, background processes, files.
"""

import os
import sys

import commands
from answer import answer
from system_calls import (
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    MS_BIND,
    MS_MOVE,
    MS_PRIVATE,
    MS_REC,
    MS_REMOUNT,
    die_with_parent,
    mount,
    mount_all_read_only,
    unshare,
)

WRITABLE = {
    "/run": "755",
    "/tmp": "1777",
    "/var/lib": "755",
    "/var/tmp": "1777",
    "/var/log": "755",
    "/dev/shm": "1777",
}


def open_sandbox(config, call):
    """Starts a sandbox; it answers the call when it is ready. Returns (process, where it reads questions)."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(reader)
        return pid, writer
    try:
        # Also the other sandboxes' pipes: they end when the agent alone closes them.
        os.dup2(reader, 3)
        os.closerange(4, 1024)
        die_with_parent()
        unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID)
        first = os.fork()
        if first == 0:
            die_with_parent()
            build(config)
            answer(call)
            commands.serve(3, config)
        os.close(3)
        os.waitpid(first, 0)
    except OSError as error:
        answer(call, error=str(error))
    except BaseException as error:  # pylint: disable=broad-except
        print(repr(error), file=sys.stderr, flush=True)
    finally:
        os._exit(0)
    return None


def build(config):
    shared = config["shared"]
    mount(None, "/", flags=MS_REC | MS_PRIVATE)
    mount(shared, shared, flags=MS_BIND)
    mount_all_read_only()
    mount(None, shared, flags=MS_REMOUNT | MS_BIND)
    mount("proc", "/proc", "proc")
    mount("sysfs", "/sys", "sysfs")
    for folder, mode in WRITABLE.items():
        if os.path.isdir(folder):
            make_writable(folder, mode, shared, config["keep"])
    if os.stat("/").st_uid != os.getuid():
        enter_own_root(shared)
    os.chdir("/tmp")
    quiet_ipv6()


def enter_own_root(shared):
    """In a user namespace / is nobody's, and hooks run nothing that such a way leads to: the same, in a root of ours."""
    root = os.path.join(shared, "mnt")
    mount("tmpfs", root, "tmpfs", options="mode=755")
    for name in os.listdir("/"):
        path, inside = os.path.join("/", name), os.path.join(root, name)
        if os.path.islink(path):
            os.symlink(os.readlink(path), inside)
        elif os.path.isdir(path):
            os.mkdir(inside)
            mount(path, inside, flags=MS_BIND | MS_REC)
    os.chroot(root)


def make_writable(folder, mode, shared, keep):
    """An empty tmpfs over folder, except for what must stay reachable: a checkout may well be in /tmp."""
    scratch = os.path.join(shared, "mnt")
    mount("tmpfs", scratch, "tmpfs", options=f"mode={mode}")
    for path in [*keep, shared]:
        if path.startswith(folder + "/"):
            inside = scratch + path[len(folder) :]
            os.makedirs(inside, exist_ok=True)
            mount(path, inside, flags=MS_BIND)
    mount(scratch, folder, flags=MS_MOVE)


def quiet_ipv6():
    """Without it every interface that comes up talks by itself (neighbour and multicast discovery)."""
    for which in ["all", "default"]:
        try:
            with open(f"/proc/sys/net/ipv6/conf/{which}/disable_ipv6", "w", encoding="ascii") as file:
                file.write("1")
        except FileNotFoundError:
            pass
