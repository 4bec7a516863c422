#!/usr/bin/python3
"""probe.py SSH PING…: asks the host twenty times a second whether it is still there, until a signal ends it.

Runs in the client's namespace: by ping to each of the addresses PING, and by a session of ssh to SSH, in which `cat` answers.
Prints a line for each answer: the time, and who answered.
"""
import os
import socket
import struct
import subprocess
import sys
import threading
import time

INTERVAL = 0.05
PROTOCOLS = {socket.AF_INET: (socket.IPPROTO_ICMP, 8), socket.AF_INET6: (socket.IPPROTO_ICMPV6, 128)}


def answered(name):
    os.write(1, f'{time.monotonic():.3f} {name}\n'.encode())


def ping(address):
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    protocol, echo = PROTOCOLS[family]
    # A ping socket: the kernel numbers its packets, and gives it only its own answers.
    with socket.socket(family, socket.SOCK_DGRAM, protocol) as near:
        near.settimeout(INTERVAL)
        number = 0
        while True:
            due = time.monotonic() + INTERVAL
            number = (number + 1) % 65536
            try:
                near.sendto(struct.pack('>BBHHH', echo, 0, 0, 0, number), (address, 0))
                near.recv(64)
                answered(address)
            except OSError:
                # No answer, or no way there: that is what is measured.
                pass
            time.sleep(max(0, due - time.monotonic()))


def ssh(host):
    with subprocess.Popen(['ssh', f'root@{host}', 'cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as session:
        threading.Thread(target=hear, args=(session.stdout,), daemon=True).start()
        while session.poll() is None:
            session.stdin.write(b'.')
            session.stdin.flush()
            time.sleep(INTERVAL)
    os.write(1, f'{time.monotonic():.3f} ssh-ended\n'.encode())


def hear(output):
    while os.read(output.fileno(), 1 << 16):
        answered('ssh')


for each in sys.argv[2:]:
    threading.Thread(target=ping, args=(each,), daemon=True).start()
ssh(sys.argv[1])
