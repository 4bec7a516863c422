"""The agent inside the kernel: opens sandboxes and hands each its questions.

A question is a line of JSON on stdin, an answer a line of JSON after a 0x1e byte on stdout, so that kernel
messages on the same console cannot be taken for one. Scripts, their stdin and their output are files in the
shared folder, so they may be of any size and hold any byte.

It lives as long as its stdin: end of file means that its owner is gone.
"""

import json
import os
import sys

import sandbox
import system_calls
from answer import answer


def lines(fd):
    """The lines of fd; a console that was hung up ends like a file."""
    rest = b""
    while True:
        try:
            chunk = os.read(fd, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            return
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


def close(opened):
    pid, questions = opened
    os.close(questions)
    os.waitpid(pid, 0)


def serve(config):
    opened = {}
    for line in lines(0):
        question = json.loads(line)
        name = question["sandbox"]
        if question["verb"] == "open":
            opened[name] = sandbox.open_sandbox(config, question["call"])
        elif name not in opened:
            answer(question["call"], error=f"no sandbox {name}")
        elif question["verb"] == "close":
            close(opened.pop(name))
            answer(question["call"])
        else:
            try:
                os.write(opened[name][1], line + b"\n")
            except BrokenPipeError:
                answer(question["call"], error=f"sandbox {name} is gone")
    for rest in opened.values():
        close(rest)


def main():
    with open(os.path.join(sys.argv[1], "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    answer(0)
    try:
        serve(config)
    finally:
        if os.getpid() == 1:
            system_calls.power_off()


main()
