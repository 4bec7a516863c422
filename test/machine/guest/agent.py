#!/usr/bin/python3
"""Runs scripts for the tests inside the machine, asked over a virtio-serial port.

One line per message, so that a half-sent line (a reboot in the middle) spoils itself only:

  <- run <id> <seconds> <base64 script> <base64 stdin>
  -> end <id> <exit status, or "timeout"> <base64 stdout> <base64 stderr>
  -> hello <boot id>        once, when the agent starts

Every script has a thread of its own: one that hangs holds up nobody.
"""
import base64
import os
import signal
import subprocess
import tempfile
import threading
import time

PORT = '/dev/virtio-ports/kvmvlan.agent'
sending = threading.Lock()


def send(port, *words):
    # Starts a line of its own: an earlier boot, or a time before a snapshot, may have left one unfinished.
    line = ('\n' + ' '.join(words) + '\n').encode()
    with sending:
        while line:
            line = line[os.write(port, line):]


def encode(file):
    # "=" stands for nothing at all: an empty word would vanish between two blanks.
    file.seek(0)
    return base64.b64encode(file.read()).decode() or '='


def decode(word):
    return b'' if word == '=' else base64.b64decode(word)


def output_file():
    return tempfile.TemporaryFile(dir='/run')


def run(port, ident, seconds, script, stdin):
    # Files, not pipes: a script may leave a listener behind that keeps its output open. In memory, because output
    # would be lost while the disk is full.
    with tempfile.TemporaryFile() as given, output_file() as out, output_file() as err:
        given.write(decode(stdin))
        given.seek(0)
        process = subprocess.Popen(['/bin/bash', '-c', decode(script).decode()], stdin=given, stdout=out,
                                   stderr=err, cwd='/root', start_new_session=True)
        try:
            status = str(process.wait(float(seconds)))
        except subprocess.TimeoutExpired:
            status = 'timeout'
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        send(port, 'end', ident, status, encode(out), encode(err))


def take(port, line):
    words = line.decode().split()
    if len(words) == 5 and words[0] == 'run':
        threading.Thread(target=run, args=(port, *words[1:]), daemon=True).start()


def serve(port):
    # A list: a file that is copied in comes in thousands of pieces.
    pieces = []
    while True:
        data = os.read(port, 1 << 16)
        if not data:
            # Nobody listens at the other end at the moment.
            time.sleep(0.2)
            continue
        first, *others = data.split(b'\n')
        pieces.append(first)
        for piece in others:
            take(port, b''.join(pieces))
            pieces = [piece]


def main():
    port = os.open(PORT, os.O_RDWR)
    with open('/proc/sys/kernel/random/boot_id') as boot:
        send(port, 'hello', boot.read().strip())
    serve(port)


main()
