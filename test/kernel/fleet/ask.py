"""Asks the test that listens at a socket to do something in its kernel: ask.py <socket> <word>…

Prints what it answers, and ends with its status.
"""

import json
import socket
import sys


def ask(path, words):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(json.dumps(words).encode() + b"\n")
        with connection.makefile() as file:
            return json.loads(file.read())


if __name__ == "__main__":
    answer = ask(sys.argv[1], sys.argv[2:])
    sys.stdout.write(answer["stdout"])
    sys.stderr.write(answer["stderr"])
    sys.exit(answer["status"])
