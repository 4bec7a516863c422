import type { Facts } from '../facts';
import type { Finding } from '../finding';

/** Checks the versions and paths of node, iproute2 and the kernel. */
export function checkTools({ node, bridge, kernel, state, hooks }: Facts): Finding[] {
  return [
    checkNode(node, hooks),
    checkIproute2(bridge),
    checkKernel(
      kernel,
      [...(state?.host.bridges.values() ?? [])].some(({ filtering }) => filtering),
    ),
  ];
}

function checkNode(node: Facts['node'], hooks: Facts['hooks']): Finding {
  const item = 'node';
  const [major = 0, minor = 0] = (node.version ?? '').replace(/^v/, '').split('.').map(Number);
  const remedy = 'sudo apt-get install nodejs';
  if (major < 18 || (major === 18 && minor < 19)) {
    const message = `node ${node.version} at ${node.path} is older than 18.19`;
    return { item, code: 'node-too-old', level: 'failure', message, remedy };
  }
  const lost = hooks.filter(({ file }) => file !== null && file.version !== null && file.node === null);
  if (lost.length > 0) {
    const names = lost.map(({ driver }) => driver).join(', ');
    const message = `the node of the hooks (${names}) does not exist; they search libvirt's PATH instead`;
    return { item, code: 'node-missing', level: 'warning', message, remedy: 'sudo apt-get install nodejs' };
  }
  const used = [...new Set(hooks.flatMap(({ file }) => file?.node ?? []))].join(', ') || node.path;
  return {
    item,
    code: 'ok',
    level: 'ok',
    message: `node ${node.version}; the hooks use ${used}`,
    remedy: null,
  };
}

function checkIproute2({ path, version }: Facts['bridge']): Finding {
  const item = 'iproute2';
  const remedy = 'sudo apt-get install iproute2   # or: sudo dnf install iproute';
  if (path === null && version === null)
    return {
      item,
      code: 'bridge-command-missing',
      level: 'failure',
      message: 'there is no `bridge` command',
      remedy,
    };
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  // Versions before 5.15 were dates after `ss`, or lacked the JSON output that is read here.
  if (version === null || !(major > 5 || (major === 5 && minor >= 15))) {
    const message = `iproute2 ${version ?? 'of no known version'} at ${path ?? '?'}: 5.15 or later is needed`;
    return { item, code: 'iproute2-too-old', level: 'warning', message, remedy };
  }
  return { item, code: 'ok', level: 'ok', message: `iproute2 ${version} at ${path ?? '?'}`, remedy: null };
}

function checkKernel({ release, vlanFiltering }: Facts['kernel'], isInUse: boolean): Finding {
  const item = 'kernel';
  if (isInUse || vlanFiltering === 'y' || vlanFiltering === 'm') {
    const message = `kernel ${release} supports VLAN filtering of bridges`;
    return { item, code: 'ok', level: 'ok', message, remedy: null };
  }
  const tryIt = 'sudo ip link add kvmvlan-try type bridge vlan_filtering 1 && sudo ip link del kvmvlan-try';
  if (vlanFiltering === null) {
    const message = `the config of kernel ${release} cannot be read, so support for VLAN filtering of bridges is not known`;
    return { item, code: 'not-known', level: 'unknown', message, remedy: tryIt };
  }
  const message = `kernel ${release} is built without CONFIG_BRIDGE_VLAN_FILTERING`;
  return {
    item,
    code: 'kernel-without-vlans',
    level: 'failure',
    message,
    remedy: 'sudo apt-get install linux-image-amd64 && sudo reboot',
  };
}
