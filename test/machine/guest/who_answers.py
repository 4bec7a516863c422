"""Asks for an IPv4 address by ARP, twenty times a second, and records who answers.

who_answers.py INTERFACE OWN ADDRESS STOP: OWN is an address of the interface; it ends when the file STOP is there. Prints "asking", and at the end each change:
[[seconds, [the MAC addresses of those that answered one question]]].
"""

import json
import os
import select
import socket
import struct
import sys
import time

INTERVAL = 0.05
ARP, REQUEST, REPLY = 0x0806, 1, 2
PACKET = struct.Struct("!6s6sHHHBBH6s4s6s4s")


def answers(sender, question, own, wanted):
    """All that answer before the next question. What a host broadcasts to announce an address is no answer."""
    sender.send(question)
    macs = set()
    end = time.monotonic() + INTERVAL
    while (left := end - time.monotonic()) > 0:
        if not select.select([sender], [], [], left)[0]:
            break
        frame = sender.recv(2048)
        if len(frame) < PACKET.size:
            continue
        to, _, _, _, _, _, _, operation, mac, address, *_ = PACKET.unpack_from(frame)
        if operation == REPLY and to == own and address == wanted:
            macs.add(mac.hex(":"))
    return sorted(macs)


def main():
    interface, mine, address, stop = sys.argv[1:]
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ARP))
    sender.bind((interface, ARP))
    own = sender.getsockname()[4]
    wanted = socket.inet_aton(address)
    question = PACKET.pack(b"\xff" * 6, own, ARP, 1, 0x0800, 6, 4, REQUEST, own, socket.inet_aton(mine), bytes(6), wanted)
    print("asking", flush=True)
    seen = []
    while not os.path.exists(stop):
        at = time.monotonic()
        macs = answers(sender, question, own, wanted)
        if not seen or seen[-1][1] != macs:
            seen.append([round(at, 3), macs])
    print(json.dumps(seen))


main()
