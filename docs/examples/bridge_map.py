#!/usr/bin/python3
"""Gives guests that come from another host this host's names of bridges. For qemu_migrate_begin.d.

bridge_map.conf:
    [bridges]
    br-old = br0
"""

import configparser
import sys
import xml.dom.minidom

guest, conf_file = sys.argv[1:3]
conf = configparser.ConfigParser()
conf.optionxform = str  # The names of bridges as they are written.
with open(conf_file, encoding="utf-8") as file:
    conf.read_file(file)
bridges = conf["bridges"]

domain = xml.dom.minidom.parse(sys.stdin.buffer)
changed = False
for source in domain.getElementsByTagName("source"):
    there = source.getAttribute("bridge")
    if source.parentNode.tagName == "interface" and there in bridges:
        source.setAttribute("bridge", bridges[there])
        # Standard output is the XML. Standard error goes to the script's log.
        print(f"{guest}: {there} is {bridges[there]} here", file=sys.stderr)
        changed = True

if changed:  # Nothing on standard output: the XML stays as it is.
    sys.stdout.buffer.write(domain.toxml(encoding="utf-8"))
