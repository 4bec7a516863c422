"""The few system calls that Python 3.8 to 3.11 has no function for."""

import ctypes
import os

MS_RDONLY, MS_REMOUNT, MS_BIND, MS_MOVE, MS_REC, MS_PRIVATE = 1, 32, 4096, 8192, 16384, 1 << 18
CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x20000000, 0x40000000
POWER_OFF = 0x4321FEDC

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    """Raises OSError when a libc call answered -1."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source, target, kind=None, flags=0, options=None):
    def raw(text):
        return None if text is None else os.fsencode(text)

    done = libc.mount(raw(source), raw(target), raw(kind), ctypes.c_ulong(flags), raw(options))
    check(done, f"mount {kind or ''} {target}")


def mount_all_read_only():
    """Every mount from / down; needs Linux 5.12 (man 2 mount_setattr; no function in glibc 2.36)."""
    at_fdcwd, at_recursive, mount_attr_rdonly, number = -100, 0x8000, 1, 442
    attributes = (ctypes.c_uint64 * 4)(mount_attr_rdonly, 0, 0, 0)
    done = libc.syscall(number, at_fdcwd, b"/", at_recursive, ctypes.byref(attributes), ctypes.c_size_t(32))
    check(done, "mount_setattr /")


def unshare(flags):
    check(libc.unshare(flags), "unshare")


def die_with_parent():
    """SIGKILL as soon as the parent is gone (man 2 prctl, PR_SET_PDEATHSIG)."""
    check(libc.prctl(1, 9, 0, 0, 0), "prctl")


def power_off():
    libc.reboot(POWER_OFF)
