"""Lets interfaces send broadcast frames, one each millisecond, and counts who hears whom, until it is killed.

  cross_talk.py <sender>=<VID, or - for untagged>… <listener>…

Prints 'talking' when it begins, and at the end a line of JSON: {"<listener>": {"<sender>": <frames>}}. On a port of a
bridge, "hears" means what the bridge sends out there; on other interfaces, what arrives.
"""
import json
import os
import signal
import socket
import struct
import sys
import time

ETH_P_ALL, EXPERIMENTAL, PACKET_OUTGOING = 3, 0x88B5, 4
MARK = b'kvmvlan-cross-talk'


def opened(name, protocol):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    end.bind((name, protocol))
    return end


def frame(index, vid):
    tag = b'' if vid == '-' else struct.pack('!HH', 0x8100, int(vid))
    data = b'\xff' * 6 + b'\x02\0\0\0\0' + bytes([index]) + tag + struct.pack('!H', EXPERIMENTAL) + MARK
    return data.ljust(60, b'\0')


def drain(name, end, senders, heard):
    is_port = os.path.exists(f'/sys/class/net/{name}/brport')
    while True:
        try:
            data, address = end.recvfrom(2048)
        except BlockingIOError:
            return
        except OSError:  # the interface is down for the moment
            return
        if MARK in data and (address[2] == PACKET_OUTGOING) == is_port:
            counts = heard[name]
            sender = senders[data[11]]
            counts[sender] = counts.get(sender, 0) + 1


def main(words):
    talk = [word.split('=') for word in words if '=' in word]
    senders = [name for name, _ in talk]
    heard = {word: {} for word in words if '=' not in word}
    frames = [(opened(name, 0), frame(index, vid)) for index, (name, vid) in enumerate(talk)]
    listeners = {name: opened(name, ETH_P_ALL) for name in heard}
    killed = []
    signal.signal(signal.SIGTERM, lambda *_: killed.append(True))
    print('talking', flush=True)
    while not killed:
        for end, data in frames:
            try:
                end.send(data)
            except OSError:  # down, or full
                pass
        for name, end in listeners.items():
            drain(name, end, senders, heard)
        time.sleep(0.001)
    print(json.dumps(heard), flush=True)


main(sys.argv[1:])
