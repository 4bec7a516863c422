import { restartLibvirtd } from './guests';
import type { Machine } from './machine';
import { whenGuestsRun } from './readme_example';
import { until } from './until';

/** systemd-networkd, which made br0 and eth0, gives them up; the guests that run lose their bridge. */
const RELEASE = `
  systemctl disable --now systemd-networkd.socket systemd-networkd.service
  rm /etc/systemd/network/*
  ip link del br0
  ip link set dev outside up`;

/** All that repairs, which a test may want to be at rest. */
export const REST = `
  systemctl stop kvmvlan-repair.timer kvmvlan.path
  systemctl mask --runtime --now kvmvlan-repair.service kvmvlan.service`;

/** The same again, and all is right. */
export const WAKE = `
  systemctl unmask --runtime kvmvlan-repair.service kvmvlan.service
  systemctl start kvmvlan-repair.service kvmvlan-repair.timer kvmvlan.path`;

/** VM1 and VM2 run on a br0 that NetworkManager has made with its defaults. */
export async function whenNetworkManagerRuns(machine: Machine): Promise<void> {
  await machine.prepared('network-manager', async () => {
    await whenGuestsRun(machine);
    await machine.must(
      `${RELEASE}
       printf '[main]\\nno-auto-default=*\\n' >/etc/NetworkManager/conf.d/test.conf
       systemctl enable --now NetworkManager
       nmcli con add type bridge con-name br0 ifname br0 bridge.stp no ipv4.method disabled ipv6.method disabled
       nmcli con add type ethernet con-name br0-eth0 ifname eth0 master br0 slave-type bridge
       nmcli --wait 60 con up br0-eth0`,
    );
    await settle(machine);
  });
}

/** The same on a br0 that ifupdown2 has made with its defaults. */
export async function whenIfupdown2Runs(machine: Machine): Promise<void> {
  await machine.prepared('ifupdown2', async () => {
    await whenGuestsRun(machine);
    await machine.must(
      `${RELEASE}
       mkdir -p /etc/iproute2/rt_tables.d # Debian 13's ifupdown2 wants it
       cat >>/etc/network/interfaces <<'END'

iface eth0 inet manual

auto br0
iface br0 inet manual
    bridge-ports eth0
    bridge-stp off
    bridge-fd 0
END
       systemctl enable --now networking`,
    );
    await settle(machine);
  });
}

/** The bridge is there anew: the guests get back onto it, and all is right, as after a boot. */
async function settle(machine: Machine): Promise<void> {
  await until('eth0 is in br0', async () =>
    (await machine.must('ls /sys/class/net/br0/brif')).includes('eth0'),
  );
  await restartLibvirtd(machine);
  await until('all is repaired', async () => {
    await machine.run('systemctl start kvmvlan-repair.service');
    return (await machine.run('kvmvlan repair')).stdout.startsWith('Nothing to repair');
  });
}

/** The commands that `kvmvlan check` prints for what contradicts conf. */
export async function remedies(machine: Machine): Promise<{ message: string; remedy: string }[]> {
  const { stdout } = await machine.run('kvmvlan check --json');
  const { findings } = JSON.parse(stdout) as {
    findings: { item: string; level: string; message: string; remedy: string | null }[];
  };
  return findings.flatMap(({ item, level, message, remedy }) =>
    item === 'manager' && level !== 'ok' ? [{ message, remedy: remedy ?? '' }] : [],
  );
}

/** Runs commands as they are printed. The machine has no sudo, and needs none. */
export async function paste(machine: Machine, command: string): Promise<void> {
  await machine.must(`sudo() { "$@"; }; sudoedit() { false; }\n${command}`);
}
