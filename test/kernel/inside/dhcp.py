"""Guests that ask for addresses by DHCP, and servers that answer, as bare frames.

A guest is at a tap that is plugged in; it asks again and again. A server is at an interface; it answers each question
with the tags that it came with, or in another VLAN.
"""

import os
import select
import struct
import time

from frames import TPID, open_end
from ports import wait_for_ports

RETRY_SECONDS, REST_SECONDS = 0.4, 0.2
BROADCAST = b"\xff" * 6
SERVER_MAC = bytes.fromhex("020000000001")
DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
SOLICIT, ADVERTISE, REQUEST_6, REPLY = 1, 2, 3, 7


def play(wanted, taps):
    """{guests, servers, until: a file whose coming ends it} -> for each guest the addresses that it got."""
    wait_for_ports()
    guests = [Guest(open_end(guest["tap"], taps), guest) for guest in wanted["guests"]]
    servers = [Server(open_end(server["dev"], {}), server) for server in wanted["servers"]]
    ends = guests + servers
    while not os.path.exists(wanted["until"]):
        for guest in guests:
            guest.ask_if_due()
        for end in select.select(ends, [], [], 0.05)[0]:
            for data, tags in end.end.receive():
                end.hear(data, tags)
    return [guest.got for guest in guests]


class Guest:
    def __init__(self, end, wish):
        self.end, self.mac = end, address(wish["mac"])
        self.tags = [["802.1Q", wish["vid"]]] if wish.get("vid") is not None else []
        self.family = wish.get("family", 4)
        # What it does with an offer.
        self.takes = wish.get("takes", True)
        self.got = []
        self.begin(0)

    def fileno(self):
        return self.end.fileno()

    def begin(self, rest):
        self.xid, self.due, self.wants = os.urandom(4), time.monotonic() + rest, "offer"

    def ask_if_due(self):
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + RETRY_SECONDS
        first = self.wants == "offer"
        if self.family == 4:
            content = dhcp4(1, DISCOVER if first else REQUEST, self.xid, self.mac, bytes(4))
            self.end.send(frame4(BROADCAST, self.mac, self.tags, bytes(4), 68, 67, content))
        else:
            content = bytes([SOLICIT if first else REQUEST_6]) + self.xid[1:]
            to = bytes.fromhex("333300010002")
            self.end.send(frame6(to, self.mac, self.tags, 546, 547, content))

    def hear(self, data, _tags):
        heard = understand(data)
        if heard is None or heard["family"] != self.family or heard["xid"] != self.xid[4 - len(heard["xid"]) :]:
            return
        kind = heard["kind"]
        if (self.family, kind) in [(4, ACK), (6, REPLY)]:
            self.got.append(heard["address"])
            self.begin(REST_SECONDS)
        elif (self.family, kind) in [(4, OFFER), (6, ADVERTISE)] and self.takes:
            self.wants, self.due = "lease", 0


class Server:
    def __init__(self, end, wish):
        self.end, self.wish = end, wish

    def fileno(self):
        return self.end.fileno()

    def hear(self, data, tags):
        heard = understand(data)
        if heard is None or heard["kind"] not in [DISCOVER, REQUEST]:
            return
        if "vid" in self.wish:
            tags = [["802.1Q", self.wish["vid"]]] if self.wish["vid"] else []
        tags = tags + heard["tags"]
        first = heard["kind"] == DISCOVER
        if heard["family"] == 4:
            kind = OFFER if first else NAK if self.wish.get("refuses") else ACK
            content = dhcp4(2, kind, heard["xid"], heard["client"], bytes([192, 0, 2, 10]))
            self.end.send(frame4(BROADCAST, SERVER_MAC, tags, bytes([192, 0, 2, 1]), 67, 68, content))
        else:
            given = bytes.fromhex("20010db8000000000000000000000010") + struct.pack("!II", 60, 60)
            lease = b"\0\0\0\1" + bytes(8) + struct.pack("!HH", 5, len(given)) + given
            content = bytes([ADVERTISE if first else REPLY]) + heard["xid"] + struct.pack("!HH", 3, len(lease)) + lease
            self.end.send(frame6(heard["client"], SERVER_MAC, tags, 547, 546, content))


def understand(data):
    """What a frame of DHCP says; None: it is none."""
    at, tags = 12, []
    while data[at : at + 2] in [struct.pack("!H", number) for number in TPID.values()]:
        protocol = {number: name for name, number in TPID.items()}[struct.unpack_from("!H", data, at)[0]]
        tags.append([protocol, struct.unpack_from("!H", data, at + 2)[0] & 0x0FFF])
        at += 4
    kind, packet = data[at : at + 2], data[at + 2 :]
    if kind == b"\x08\x00" and packet[9:10] == b"\x11":
        content = packet[28:]
        if content[236:240] != b"\x63\x82\x53\x63":
            return None
        facts = {"family": 4, "kind": content[242], "xid": content[4:8], "client": content[28:34]}
        return {**facts, "address": ".".join(map(str, content[16:20])), "tags": tags}
    if kind == b"\x86\xdd" and packet[6:7] == b"\x11" and packet[42:44] in [b"\x02\x22", b"\x02\x23"]:
        content = packet[48:]
        given = content[4 + 4 + 12 + 4 :][:16].hex()
        return {
            "family": 6,
            "kind": content[0],
            "xid": content[1:4],
            "client": data[6:12],
            "address": given,
            "tags": tags,
        }
    return None


def dhcp4(operation, kind, xid, mac, given):
    head = struct.pack("!BBBB", operation, 1, 6, 0) + xid + bytes(8) + given + bytes(8) + mac.ljust(208, b"\0")
    return head + b"\x63\x82\x53\x63" + bytes([53, 1, kind, 255])


def frame4(to, sender, tags, source, from_port, to_port, content):
    udp = struct.pack("!HHHH", from_port, to_port, 8 + len(content), 0) + content
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + source + b"\xff" * 4
    head = head[:10] + checksum(head) + head[12:]
    return to + sender + tagged(tags) + b"\x08\x00" + head + udp


def frame6(to, sender, tags, from_port, to_port, content):
    udp = struct.pack("!HHHH", from_port, to_port, 8 + len(content), 0) + content
    addresses = bytes.fromhex("fe80" + "00" * 13 + "02") + bytes.fromhex("ff02" + "00" * 11 + "010002")
    head = struct.pack("!IHBB", 0x60000000, len(udp), 17, 1) + addresses
    return to + sender + tagged(tags) + b"\x86\xdd" + head + udp


def checksum(head):
    """Of an IPv4 header: netfilter drops packets with a wrong one."""
    total = sum(struct.unpack(f"!{len(head) // 2}H", head))
    total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF)


def tagged(tags):
    return b"".join(struct.pack("!HH", TPID[protocol], vid) for protocol, vid in tags)


def address(mac):
    return bytes.fromhex(mac.replace(":", ""))
