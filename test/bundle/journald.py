"""journald's side of its native protocol: binds FOLDER/socket, and appends each entry to FOLDER/entries as JSON.

A field with several values is a list.

Stands in for journald where none runs. What is sent comes from the real logger(1).
"""

import json
import socket
import sys

folder = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
with open(folder + "/entries", "a", buffering=1) as file:
    listener.bind(folder + "/socket")
    while True:
        lines = listener.recv(1 << 20).decode().splitlines()
        values = {}
        for line in lines:
            name, value = line.split("=", 1)
            values.setdefault(name, []).append(value)
        entry = {name: each if len(each) > 1 else each[0] for name, each in values.items()}
        file.write(json.dumps(entry) + "\n")
