"""A connection of Ansible that runs modules on this machine, but only while the kernel's host is reachable from outside."""

import os
import sys

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as Local

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from ask import ask  # noqa: E402

DOCUMENTATION = """
name: through_bridge
short_description: local, while a frame from outside reaches the host
description: For the tests of kvmvlan's role.
"""


class Connection(Local):
    transport = "through_bridge"

    def _reach(self):
        answer = ask(os.environ["KVMVLAN_FLEET_SOCKET"], ["reach"])
        if answer["status"] != 0:
            raise AnsibleConnectionFailure("no frame reaches the host")

    def exec_command(self, cmd, in_data=None, sudoable=True):
        self._reach()
        return super().exec_command(cmd, in_data=in_data, sudoable=sudoable)

    def put_file(self, in_path, out_path):
        self._reach()
        return super().put_file(in_path, out_path)

    def reset(self):
        ask(os.environ["KVMVLAN_FLEET_SOCKET"], ["reset"])
