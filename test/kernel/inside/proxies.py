"""Watches which hosts answer for addresses: the proxy entries in network namespaces, all the time.

argv[1]: a file; it ends when that is there; the rest: namespaces. Prints "watching", and at the end each state that it has
seen, in order: [[since when, in seconds, {namespace: [address]}]].
"""

import json
import os
import socket
import struct
import sys
import time

from system_calls import check, libc

RTM_GETNEIGH, NLM_REQUEST, NLM_DUMP, NLMSG_DONE = 30, 1, 0x300, 3
NTF_PROXY, NDA_DST = 8, 1
NEIGHBOUR = struct.Struct("=BBHiHBB")
HEADER = struct.Struct("=IHHII")


def open_netlink(space):
    with open(f"/run/netns/{space}", "rb") as file:
        check(libc.setns(file.fileno(), 0), "setns")
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


def proxies(netlink):
    body = NEIGHBOUR.pack(0, 0, 0, 0, 0, NTF_PROXY, 0)
    head = HEADER.pack(HEADER.size + len(body), RTM_GETNEIGH, NLM_REQUEST | NLM_DUMP, 0, 0)
    netlink.send(head + body)
    found = set()
    while True:
        data = netlink.recv(65536)
        while data:
            length, kind, *_ = HEADER.unpack_from(data)
            if kind == NLMSG_DONE:
                return sorted(found)
            found.add(address_in(data[HEADER.size : length]))
            data = data[(length + 3) & ~3 :]


def address_in(message):
    family = message[0]
    at = NEIGHBOUR.size
    while at < len(message):
        length, kind = struct.unpack_from("=HH", message, at)
        if kind == NDA_DST:
            return socket.inet_ntop(family, message[at + 4 : at + length])
        at += (length + 3) & ~3
    return None


def look(sockets):
    """One namespace after the other: only what is seen twice was there at one moment."""
    return {space: proxies(netlink) for space, netlink in sockets.items()}


# A process that never sleeps waits for a processor when others want it too, and misses short states.
PAUSE = 0.002


def main():
    os.nice(-20)
    sockets = {space: open_netlink(space) for space in sys.argv[2:]}
    print("watching", flush=True)
    seen = []
    is_last = False
    while not is_last:
        is_last = os.path.exists(sys.argv[1])
        state = look(sockets)
        if (not seen or seen[-1][1] != state) and look(sockets) == state:
            seen.append([time.monotonic(), state])
        time.sleep(PAUSE)
    print(json.dumps(seen))


main()
