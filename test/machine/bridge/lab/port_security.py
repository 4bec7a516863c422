#!/usr/bin/python3
"""port_security.py CARD: the switch outside blocks the wire of this network card as long as the card is the port of a bridge.

So do real switches, which see a new MAC address or a BPDU. The gateway stops answering at that moment.
"""
import os
import subprocess
import sys
import time

BLOCKED, FORWARDING = '0', '3'

state = None
while True:
    wanted = BLOCKED if os.path.exists(f'/sys/class/net/{sys.argv[1]}/master') else FORWARDING
    if wanted != state:
        subprocess.run(['bridge', '-n', 'lan', 'link', 'set', 'dev', 'wire0', 'state', wanted], check=True)
        state = wanted
        print(wanted, flush=True)
    time.sleep(0.02)
