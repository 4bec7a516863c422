"""Streams of numbered frames, and which of them did not arrive as they were sent, with the same tag or none.

argv[1]: JSON, [{name, from, to, vid}]; argv[2]: the file whose coming ends it; argv[3]: a file that meanwhile says how
many frames each stream has sent. Prints "flowing" when every stream has been heard; what it says at the end is about the
frames from then on: {name: {sent, missed: [number, ...]}}.
"""

import json
import os
import struct
import sys
import time

from frames import EXPERIMENTAL, Interface, understand

PERIOD_SECONDS, ARRIVAL_SECONDS = 0.002, 0.5


class Stream:
    def __init__(self, name, vid, ends, **way):
        self.name, self.start, self.end = name, ends[way["from"]], ends[way["to"]]
        self.tags = [["802.1Q", vid]] if vid else []
        self.batch = os.urandom(8)
        tag = struct.pack("!HH", 0x8100, vid) if vid else b""
        self.header = address(way["to"]) + address(way["from"]) + tag + struct.pack("!H", EXPERIMENTAL) + self.batch
        self.heard = set()

    def send(self, number):
        self.start.send((self.header + struct.pack("!I", number)).ljust(60, b"\0"))

    def hear(self, copy):
        number, tags = understand(copy, self.batch)
        if number is not None and tags == self.tags:
            self.heard.add(number)


def address(name):
    with open(f"/sys/class/net/{name}/address", encoding="ascii") as file:
        return bytes.fromhex(file.read().strip().replace(":", ""))


def listen(streams):
    for end in {stream.end for stream in streams}:
        for copy in end.receive():
            for stream in streams:
                if stream.end is end:
                    stream.hear(copy)


def main():
    wanted = json.loads(sys.argv[1])
    ends = {name: Interface(name) for stream in wanted for name in (stream["from"], stream["to"])}
    streams = [Stream(ends=ends, **stream) for stream in wanted]
    first = None
    count = 0
    due = time.monotonic()
    pulse = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT)
    while not os.path.exists(sys.argv[2]):
        for stream in streams:
            stream.send(count)
        count += 1
        os.pwrite(pulse, f"{count:9}\n".encode(), 0)
        listen(streams)
        if first is None and all(stream.heard for stream in streams):
            first = count
            print("flowing", flush=True)
        # After a pause, on a machine with other work, it does not make up for more than one frame.
        due = max(due + PERIOD_SECONDS, time.monotonic() - PERIOD_SECONDS)
        time.sleep(max(0, due - time.monotonic()))
    os.unlink(sys.argv[3])
    limit = time.monotonic() + ARRIVAL_SECONDS
    while time.monotonic() < limit:
        listen(streams)
        time.sleep(0.01)
    sent = set(range(count if first is None else first, count))
    print(json.dumps({s.name: {"sent": len(sent), "missed": sorted(sent - s.heard)} for s in streams}))


main()
