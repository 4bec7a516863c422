"""What TAB makes of a line in a real bash: `bash_complete.py FILE LINE...` prints each line as it then stands.

FILE is a completion script. Bash is interactive, at a terminal, with readline as it is at first.
"""

import os
import pty
import re
import select
import sys
import time

SETUP = r"""
PS1='' PS2=''; bind 'set enable-bracketed-paste off'; bind 'set bell-style none'
bind -x '"\C-t": printf "LINE:%s:END\n" "$READLINE_LINE"'
. {script}
printf "%s\n" READY
"""


def read_until(fd, mark, seconds):
    """What comes until `mark`, or until the time is over."""
    text = b""
    until = time.time() + seconds
    while time.time() < until and mark not in text:
        if select.select([fd], [], [], 0.1)[0]:
            text += os.read(fd, 65536)
    return text


def main(script, *lines):
    folder = os.path.dirname(os.path.abspath(script))
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update(TERM="dumb", HOME=folder, LC_ALL="C.UTF-8", INPUTRC="/dev/null", HISTFILE="/dev/null")
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    setup = os.path.join(folder, "setup.bash")
    with open(setup, "w") as file:
        file.write(SETUP.format(script=script))
    os.write(fd, f"stty -echo; . {setup}\n".encode())
    read_until(fd, b"READY\r\n", 20)
    for line in lines:
        os.write(fd, line.encode() + b"\t\x14")
        heard = read_until(fd, b":END\r\n", 10).decode("utf-8", "replace")
        found = re.findall(r"LINE:(.*):END", heard)
        print(found[-1] if found else f"nothing: {heard!r}")
        os.write(fd, b"\x15")
    os.write(fd, b"exit\n")
    os.close(fd)


main(*sys.argv[1:])
