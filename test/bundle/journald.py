"""journald's side of its native protocol: binds FOLDER/socket, and appends each entry to FOLDER/entries as JSON.

Stands in for journald where none runs. What is sent comes from the real logger(1).
"""

import json
import socket
import sys

folder = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
with open(folder + "/entries", "w", buffering=1) as file:
    listener.bind(folder + "/socket")
    while True:
        lines = listener.recv(1 << 20).decode().splitlines()
        file.write(json.dumps(dict(line.split("=", 1) for line in lines)) + "\n")
