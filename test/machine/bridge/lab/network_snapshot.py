#!/usr/bin/python3
"""Prints the network of this host and its configuration as JSON: all that must be there again after an undo.

What changes by itself is left out: lifetimes, counters, and the numbers of interfaces. Configuration is read below
UNHIDDEN, where the root file system is mounted once more: a file that a trial hides by a mount is the old one there.
"""
import json
import os
import re
import subprocess

CONFIGURATION = ['/etc/systemd/network', '/etc/NetworkManager', '/etc/network', '/etc/netplan', '/etc/dhcp', '/etc/cloud']
# Profiles that NetworkManager makes itself: of interfaces that it has only found, and of cards without a profile.
NM_OWN = re.compile(r'^(external|nm-generated)=true$', re.M)
UNHIDDEN = '/mnt'
TRIAL = ['/run/systemd/network', '/run/NetworkManager/system-connections', '/run/NetworkManager/conf.d', '/run/netplan']


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def ip(*arguments):
    return json.loads(output('ip', '-j', '-d', *arguments) or '[]')


def link(entry, modes):
    info = entry.get('linkinfo', {})
    data = info.get('info_data', {})
    addresses = [describe(address) for address in entry['addr_info'] if address]
    return {
        'kind': info.get('info_kind'),
        'master': entry.get('master'),
        'below': entry.get('link'),
        'mac': entry['address'],
        'mtu': entry['mtu'],
        'isUp': 'UP' in entry['flags'],
        'hasCarrier': 'LOWER_UP' in entry['flags'],
        'addrGenMode': modes.get(entry['ifname']),
        'vid': data.get('id') if info.get('info_kind') == 'vlan' else None,
        'isFiltering': data.get('vlan_filtering') == 1 if info.get('info_kind') == 'bridge' else None,
        'addresses': sorted(addresses),
    }


def describe(address):
    words = [f"{address['local']}/{address['prefixlen']}", address['scope']]
    return ' '.join(words + [flag for flag in ('dynamic', 'temporary', 'tentative', 'dadfailed') if address.get(flag)])


def routes(family):
    for route in ip(family, 'route', 'show', 'table', 'all'):
        words = [family, route.get('type', 'unicast'), route['dst']]
        for key in ('gateway', 'dev', 'table', 'protocol', 'scope', 'prefsrc', 'metric'):
            if key in route:
                words += [key, str(route[key])]
        yield ' '.join(words + sorted(flag for flag in route.get('flags', []) if flag == 'onlink'))


def rules(family):
    for rule in ip(family, 'rule'):
        yield ' '.join([family] + [f'{key} {value}' for key, value in sorted(rule.items())])


def link_dns():
    """By interface, what systemd-resolved asks; null: it does not run."""
    if subprocess.run(['systemctl', '--quiet', 'is-active', 'systemd-resolved']).returncode != 0:
        return None
    found = {}
    for what in ('dns', 'domain'):
        for line in output('resolvectl', what).splitlines():
            name, values = re.fullmatch(r'(?:Link \d+ \((.*)\)|Global):(.*)', line).groups()
            if values:
                found.setdefault(name or 'global', {})[what] = values.split()
    return found


def dhcp_clients():
    """The interfaces for which a program of its own asks by DHCP. Managers with a client in them have none."""
    found = set()
    for process in os.listdir('/proc'):
        try:
            with open(f'/proc/{process}/cmdline', 'rb') as file:
                words = file.read().decode(errors='replace').split('\0')[:-1]
        except (NotADirectoryError, FileNotFoundError, ProcessLookupError):
            continue
        if words and os.path.basename(words[0]) in ('dhclient', 'dhcpcd', 'udhcpc'):
            found.add(words[-1])
    return sorted(found)


def files(folders):
    for folder in folders:
        if not os.path.isdir(folder):
            if os.path.lexists(folder):
                yield folder
        for path, _, names in os.walk(folder):
            yield from (os.path.join(path, name) for name in names)


def text(path):
    if os.path.islink(path):
        return f'-> {os.readlink(path)}'
    with open(path, encoding='utf-8', errors='replace') as file:
        # NetworkManager notes when it activated a profile.
        return re.sub(r'^timestamp=\d+\n', '', file.read(), flags=re.M)


def resolv_conf():
    path = '/etc/resolv.conf'
    return [os.path.realpath(path), text(os.path.realpath(path)) if os.path.exists(path) else None]


def hidden():
    """What is mounted over configuration."""
    with open('/proc/self/mounts', encoding='utf-8') as mounts:
        return sorted(line.split()[1] for line in mounts if line.split()[1].startswith('/etc/'))


def dated(path):
    path = UNHIDDEN + path
    status = os.lstat(path)
    return {'mode': f'{status.st_mode & 0o7777:o}', 'modified': status.st_mtime_ns / 1e9, 'text': text(path)}


def trial_files():
    """A manager may replace them right now. Those that are gone by then are left out."""
    found = {}
    for path in files(TRIAL):
        try:
            found[path] = text(path)
        except FileNotFoundError:
            continue
    return {path: content for path, content in found.items() if not NM_OWN.search(content)}


modes = {entry['ifname']: entry.get('inet6_addr_gen_mode') for entry in ip('link')}
print(json.dumps({
    'links': {entry['ifname']: link(entry, modes) for entry in ip('addr')},
    'routes': sorted([*routes('-4'), *routes('-6')]),
    'rules': sorted([*rules('-4'), *rules('-6')]),
    'resolvConf': resolv_conf(),
    'linkDns': link_dns(),
    'dhcpClients': dhcp_clients(),
    'hidden': hidden(),
    'files': {path: dated(path) for path in files(CONFIGURATION)},
    'trialFiles': trial_files(),
}))
