"""Real frames: sends them and reports who hears each, and with which VLAN tags.

An end is either a tap that is plugged in (then this is the guest: what it writes the guest sends, what it reads the
guest hears), or an interface. On an interface that is a port of a bridge, "heard" is what the bridge sends out
through it; on any other, what arrives.
"""

import os
import select
import socket
import struct
import time

from ports import wait_for_ports

ETH_P_ALL, EXPERIMENTAL = 0x0003, 0x88B5
SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING = 263, 8, 4
VLAN_VALID, TPID_VALID = 0x10, 0x40
TPID = {"802.1Q": 0x8100, "802.1ad": 0x88A8}
PROTOCOL = {number: name for name, number in TPID.items()}
QUIET_SECONDS, LONGEST_SECONDS = 0.1, 5


def who_hears(wanted, taps):
    """[{from, listen, tags, to}] -> [{interface: [tags of each copy heard]}], a tag being [protocol, VID]."""
    wait_for_ports()
    batch = os.urandom(8)
    ends = {name: open_end(name, taps) for frame in wanted for name in [frame["from"], *frame["listen"]]}
    heard = [{} for _ in wanted]

    def listen():
        """Whether anything was there to be heard."""
        something = False
        for name, end in ends.items():
            for copy in end.receive():
                something = True
                index, tags = understand(copy, batch)
                if index is not None and name in wanted[index]["listen"]:
                    heard[index].setdefault(name, []).append(tags)
        return something

    listen()  # what was said before this does not count
    for index, frame in enumerate(wanted):
        ends[frame["from"]].send(build(frame, batch, index))
        listen()
    # On the way through a software bridge nothing waits: silence this long means that all has arrived.
    limit = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < limit and select.select(list(ends.values()), [], [], QUIET_SECONDS)[0]:
        listen()
    return heard


def build(frame, batch, index):
    """A broadcast frame, unless it is told its destination, from an address that no other frame uses."""
    to = bytes.fromhex(frame["to"].replace(":", ""))
    sender = b"\x02" + batch[:3] + struct.pack("!H", index)
    tags = b"".join(struct.pack("!HH", TPID[protocol], vid) for protocol, vid in frame["tags"])
    content = struct.pack("!H", EXPERIMENTAL) + batch + struct.pack("!I", index)
    return (to + sender + tags + content).ljust(60, b"\0")


def understand(copy, batch):
    """(index of the frame in the batch, its tags); index is None for a stranger's frame."""
    data, tags = copy
    at = 12
    while len(data) >= at + 4 and struct.unpack_from("!H", data, at)[0] in PROTOCOL:
        protocol, tci = struct.unpack_from("!HH", data, at)
        tags = [*tags, [PROTOCOL[protocol], tci & 0x0FFF]]
        at += 4
    expected = struct.pack("!H", EXPERIMENTAL) + batch
    if data[at : at + len(expected)] != expected:
        return None, tags
    return struct.unpack_from("!I", data, at + len(expected))[0], tags


def open_end(name, taps):
    return Tap(taps[name]) if name in taps else Interface(name)


class Tap:
    """The guest's end of a tap."""

    def __init__(self, fd):
        self.fd = fd

    def fileno(self):
        return self.fd

    def send(self, data):
        os.write(self.fd, data)

    def receive(self):
        while True:
            try:
                yield os.read(self.fd, 65536), []
            except BlockingIOError:
                return


class Interface:
    """Never promiscuous: a bridge in that mode hears VLANs it has no part in (br_input.c br_pass_frame_up)."""

    def __init__(self, name):
        self.name = name
        self.port = os.path.exists(f"/sys/class/net/{name}/brport")
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        try:
            self.socket.bind((name, ETH_P_ALL))
        except OSError as error:
            raise OSError(error.errno, f"{name}: {error.strerror}") from error

    def fileno(self):
        return self.socket.fileno()

    def send(self, data):
        if self.port:
            raise ValueError(f"{self.name} is a port: send from its other end (veth peer), or plug it in (tap)")
        self.socket.send(data)

    def receive(self):
        while True:
            try:
                data, extra, _, address = self.socket.recvmsg(65536, 256)
            except BlockingIOError:
                return
            if (address[2] == PACKET_OUTGOING) == self.port:
                yield data, [tag for item in extra for tag in stripped_tags(item)]


def stripped_tags(item):
    """The outermost tag is not in the data: the kernel hands it over beside it (man 7 packet, PACKET_AUXDATA)."""
    level, kind, value = item
    if (level, kind) != (SOL_PACKET, PACKET_AUXDATA):
        return
    status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", value[:20])
    if status & VLAN_VALID:
        yield [PROTOCOL.get(tpid if status & TPID_VALID else 0x8100, hex(tpid)), tci & 0x0FFF]
