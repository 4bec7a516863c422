"""Taps, as libvirt makes one for a guest's interface."""

import fcntl
import os
import struct


def open_tap(name):
    """The guest's end of a new tap, which is gone when this is closed (linux/if_tun.h)."""
    tunsetiff, iff_tap, iff_no_pi = 0x400454CA, 0x0002, 0x1000
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(tap, tunsetiff, struct.pack("16sH22x", name.encode(), iff_tap | iff_no_pi))
    except OSError:
        os.close(tap)
        raise
    return tap
