"""Prints each frame that any interface of the machine carries, those to come included, until it is killed.

  <seconds> <interface> <in|out> <source MAC> <destination MAC> <ethertype> <VID, or - where untagged>
"""
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_AUXDATA = 8
PACKET_OUTGOING = 4
TP_STATUS_VLAN_VALID = 16


def vid(control):
    # The kernel takes the tag out of the frame and tells it apart: man 7 packet, PACKET_AUXDATA.
    for level, kind, data in control:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, _ = struct.unpack('=IIIHHHH', data[:20])
            if status & TP_STATUS_VLAN_VALID:
                return str(tci & 0xFFF)
    return '-'


def mac(data):
    return ':'.join('%02x' % byte for byte in data)


# Bound to no interface it hears them all: a guest's tap from its first frame on, however short it lives.
heard = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
heard.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
heard.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
start = time.monotonic()
print('listening', flush=True)
while True:
    frame, control, _, (interface, _, kind, _, _) = heard.recvmsg(65536, 256)
    seconds = '%.3f' % (time.monotonic() - start)
    direction = 'out' if kind == PACKET_OUTGOING else 'in'
    print(seconds, interface or '?', direction, mac(frame[6:12]), mac(frame[:6]), frame[12:14].hex(), vid(control))
    sys.stdout.flush()
