"""Prints what a bridge and its ports are whenever that changes, as a line of JSON, until it is killed.

  {"seconds": …, "filtering": true, "ports": {"veth0": [100, [100, 200]]}}    PVID (0: none) and VLANs of each port
"""
import json
import socket
import struct
import sys
import time

RTM_GETLINK, NLM_F_REQUEST, NLM_F_DUMP, NLMSG_DONE = 18, 1, 0x300, 3
IFLA_IFNAME, IFLA_MASTER, IFLA_AF_SPEC, IFLA_EXT_MASK = 3, 10, 26, 29
RTEXT_FILTER_BRVLAN, IFLA_BRIDGE_VLAN_INFO, BRIDGE_VLAN_INFO_PVID = 2, 2, 2


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from('=HH', data)
        yield kind & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3:]


def messages(kernel):
    """The ports of all bridges and their VLANs, as `bridge vlan show` asks for them (rtnetlink(7), if_bridge.h)."""
    body = struct.pack('=BxHiII', socket.AF_BRIDGE, 0, 0, 0, 0)
    body += struct.pack('=HHI', 8, IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN)
    kernel.send(struct.pack('=IHHII', 16 + len(body), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0) + body)
    while True:
        data = kernel.recv(1 << 18)
        while data:
            length, kind = struct.unpack_from('=IH', data)
            if kind == NLMSG_DONE:
                return
            yield data[32:length]
            data = data[(length + 3) & ~3:]


def ports(kernel, bridge):
    found = {}
    for message in messages(kernel):
        link = dict(attributes(message))
        name = link[IFLA_IFNAME].rstrip(b'\0').decode()
        if name == bridge or struct.unpack('=I', link.get(IFLA_MASTER, b'\0\0\0\0'))[0] != socket.if_nametoindex(bridge):
            continue
        pvid, vids = 0, []
        for kind, value in attributes(link.get(IFLA_AF_SPEC, b'')):
            if kind == IFLA_BRIDGE_VLAN_INFO:
                flags, vid = struct.unpack('=HH', value[:4])
                vids.append(vid)
                pvid = vid if flags & BRIDGE_VLAN_INFO_PVID else pvid
        found[name] = [pvid, vids]
    return found


def main(bridge):
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    last, start = None, time.monotonic()
    while True:
        try:
            with open(f'/sys/class/net/{bridge}/bridge/vlan_filtering') as file:
                filtering = file.read().strip() == '1'
            now = {'filtering': filtering, 'ports': ports(kernel, bridge)}
        except OSError:
            now = {'filtering': False, 'ports': {}}
        if now != last:
            print(json.dumps({'seconds': round(time.monotonic() - start, 3), **now}), flush=True)
            last = now
        time.sleep(0.005)


main(sys.argv[1])
