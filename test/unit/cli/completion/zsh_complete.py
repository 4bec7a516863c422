"""What a real zsh offers at TAB: `zsh_complete.py FILE LINE` prints the words, one a line.

FILE is a completion script. compadd is replaced by a function that tells what it is given.
"""

import os
import pty
import re
import select
import sys
import time

SETUP = r"""
unsetopt zle_bracketed_paste beep; PS1='' PROMPT=''; stty -echo
fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D
bindkey '^I' complete-word
zstyle ':completion:*' list-grouped false
compadd () {{
  local -a typed; typed=("$@")
  if [[ ${{@[1,(i)(-|--)]}} != *-(O|A|D)\ * ]]; then
    local -a __found; builtin compadd -A __found "$@"
    print -rl -- WORD:${{^__found}} > /dev/tty
  fi
  builtin compadd "$@"
}}
print READY
"""


def read_until(fd, mark, seconds):
    """What comes until `mark`, or until nothing more comes."""
    text = b""
    until = time.time() + seconds
    while time.time() < until and mark not in text:
        if select.select([fd], [], [], 0.1)[0]:
            text += os.read(fd, 65536)
    return text


def main(script, line):
    folder = os.path.dirname(os.path.abspath(script))
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", HOME=folder, ZDOTDIR=folder, LC_ALL="C.UTF-8")
        os.execvp("zsh", ["zsh", "-f", "-i"])
    setup = os.path.join(folder, "setup.zsh")
    with open(setup, "w") as file:
        file.write(SETUP.format(folder=folder))
    os.write(fd, f". {setup}\n".encode())
    read_until(fd, b"READY\r\n", 20)
    os.write(fd, line.encode() + b"\t")
    heard = read_until(fd, b"never", 2).decode("utf-8", "replace")
    os.write(fd, b"\x15exit\n")
    os.close(fd)
    words = [word.strip() for word in re.findall(r"WORD:([^\r\n]+)", heard)]
    print("\n".join(dict.fromkeys(words)))


main(*sys.argv[1:])
