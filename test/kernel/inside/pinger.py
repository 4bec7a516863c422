"""Pings addresses ten times a second. argv[1]: how often; the rest: addresses of both families.

Prints {sent: [when each was sent, in seconds], answered: {address: [number of each answered ping]}}.
"""

import json
import os
import select
import socket
import struct
import sys
import time

PERIOD_SECONDS, LAST_ANSWER_SECONDS = 0.1, 3.0


class Target:
    def __init__(self, address):
        self.address = address
        six = ":" in address
        self.request, self.reply = (128, 129) if six else (8, 0)
        family, protocol = (
            (socket.AF_INET6, socket.IPPROTO_ICMPV6) if six else (socket.AF_INET, socket.IPPROTO_ICMP)
        )
        self.socket = socket.socket(family, socket.SOCK_RAW, protocol)
        self.skip = 0 if six else 20  # IPv4 gives the header, too
        self.key = struct.unpack("!H", os.urandom(2))[0]
        self.answered = set()

    def send(self, number):
        packet = struct.pack("!BBHHH", self.request, 0, 0, self.key, number)
        packet = struct.pack("!BBHHH", self.request, 0, checksum(packet), self.key, number)
        try:
            self.socket.sendto(packet, (self.address, 0))
        except OSError:  # no neighbour now: not answered
            pass

    def hear(self):
        packet, (sender, *_) = self.socket.recvfrom(2048)
        kind, _, _, key, number = struct.unpack_from("!BBHHH", packet, self.skip)
        if kind == self.reply and key == self.key and sender == self.address:
            self.answered.add(number)


def checksum(packet):
    """Of an even number of bytes; in ICMPv6 the kernel writes it."""
    total = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    return ~((total >> 16) + total) & 0xFFFF


def main():
    count = int(sys.argv[1])
    targets = [Target(address) for address in sys.argv[2:]]
    print("pinging", flush=True)
    begin = time.monotonic()
    sent = []
    for number in range(count + 1):
        end = begin + number * PERIOD_SECONDS
        if number == count:
            end += LAST_ANSWER_SECONDS
        while (left := end - time.monotonic()) > 0:
            if number == count and all(len(target.answered) == count for target in targets):
                break
            for ready in select.select([target.socket for target in targets], [], [], left)[0]:
                next(target for target in targets if target.socket is ready).hear()
        if number < count:
            sent.append(time.monotonic())
            for target in targets:
                target.send(number)
    answered = {target.address: sorted(target.answered) for target in targets}
    print(json.dumps({"sent": sent, "answered": answered}))


main()
