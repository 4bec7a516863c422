"""A file system (FUSE) at argument 1 whose files all exist, and whose contents never come: who reads one hangs in the
kernel, where no signal reaches it. It ends with this process. Argument 2 is a file that is made when it is mounted; once
there is one at argument 3, nothing is answered any more, nor even taken: who waits for that hangs as with NFS, until it is
killed."""

import ctypes
import os
import select
import signal
import struct
import sys

LOOKUP, FORGET, GETATTR, OPEN, READ, INIT, OPENDIR, INTERRUPT = 1, 2, 3, 14, 15, 26, 27, 36
ENOSYS = 38

signal.alarm(80)  # Whatever becomes of the test, nobody is to hang for ever.
device = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
if ctypes.CDLL(None).mount(b"dead", sys.argv[1].encode(), b"fuse", 0, options) != 0:
    sys.exit("cannot mount")
open(sys.argv[2], "w").close()


def attributes(node):
    mode = 0o40755 if node == 1 else 0o100755
    return struct.pack("<6Q10I", node, 4096, 8, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


while True:
    select.select([device], [], [])
    if os.path.exists(sys.argv[3]):
        signal.pause()
    request = os.read(device, 1 << 20)
    _, operation, unique, node = struct.unpack("<IIQQ", request[:24])

    def answer(data=b"", error=0):
        os.write(device, struct.pack("<IiQ", 16 + len(data), -error, unique) + data)

    if operation == INIT:
        answer(struct.pack("<IIIIHHIIHHI", 7, 31, 65536, 0, 12, 9, 65536, 1, 0, 0, 0).ljust(64, b"\0"))
    elif operation == LOOKUP:
        answer(struct.pack("<5QII", 2, 0, 0, 0, 0, 0, 0)[:40] + attributes(2))
    elif operation == GETATTR:
        answer(struct.pack("<QII", 0, 0, 0) + attributes(node))
    elif operation in (OPEN, OPENDIR):
        answer(struct.pack("<QII", 1, 0, 0))
    elif operation not in (FORGET, READ, INTERRUPT):
        answer(error=ENOSYS)
