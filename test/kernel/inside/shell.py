"""A terminal with a shell in the sandbox, for a person: see ../dev/dev_kernel.ts."""

import codecs
import fcntl
import os
import pty
import signal
import struct
import termios

from answer import answer

# As small as this, an answer is one write to the console.
CHUNK = 1024


class Shell:
    """Output of the terminal answers the call that opened it, and so does, at the end, the exit status."""

    def __init__(self, question, path):
        self.call = question["call"]
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            run(question, path)
        os.set_blocking(self.terminal, False)
        self.resize(question)

    def fileno(self):
        return self.terminal

    def resize(self, question):
        size = struct.pack("HHHH", question["rows"], question["columns"], 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)

    def type(self, text):
        """What a full terminal cannot take is lost, as on any terminal."""
        rest = text.encode()
        try:
            while rest:
                rest = rest[os.write(self.terminal, rest) :]
        except OSError:
            pass

    def show(self):
        """Passes on what can be read now. Returns whether there was anything."""
        try:
            chunk = os.read(self.terminal, CHUNK)
        except OSError:  # nothing now, or nobody has the terminal open any more
            return False
        if chunk:
            answer(self.call, output=self.decoder.decode(chunk))
        return bool(chunk)

    def end(self, status):
        while self.show():
            pass
        os.close(self.terminal)
        answer(self.call, status=status)


def run(question, path):
    """In the new process: becomes the shell."""
    try:
        for number in [signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGXFSZ]:
            signal.signal(number, signal.SIG_DFL)
        os.closerange(3, 1024)
        environment = {"PATH": path, "HOME": "/tmp", "LANG": "C.UTF-8", "TERM": question["term"]}
        os.execve("/bin/sh", ["sh", "-c", question["script"]], environment)
    finally:
        os._exit(127)
