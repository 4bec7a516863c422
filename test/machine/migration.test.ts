import { describeMachine } from './describe_machine';
import { defineGuest, startGuest } from './guests';
import { hooks } from './installed';
import { whenSwitching } from './readme_example';

const mac = '52:54:00:00:aa:01';
const there = '/root/there';
const uri = `qemu+unix:///system?socket=${there}/sock/libvirt-sock`;

/**
 * A second host on the machine: network, mounts and host name of its own, with a libvirtd, hooks, confs and a bridge
 * br0 of its own. Only the wire `wire` joins the two. What the namespaces hold ends with the libvirtd in them.
 */
const secondHost = `
mkdir -p ${there}/sock
cp -a /etc/libvirt ${there}/etc
rm -rf ${there}/etc/qemu/*.xml ${there}/etc/hooks/logs
printf 'unix_sock_dir = "${there}/sock"\\nhost_uuid = "%s"\\n' "$(cat /proc/sys/kernel/random/uuid)" >${there}/etc/libvirtd.conf
printf 'cgroup_controllers = []\\nremember_owner = 0\\nstdio_handler = "file"\\n' >${there}/etc/qemu.conf
ip netns add there
ip link add wire type veth peer name wire netns there
ip addr add 10.9.0.1/24 dev wire
ip link set wire up
cat >${there}/run <<'END'
set -e
hostname there
mount --make-rprivate /
mount --bind ${there}/etc /etc/libvirt
mount -t securityfs none /sys/kernel/security
for folder in /run/libvirt /var/lib/libvirt /run/kvmvlan; do mkdir -p $folder; mount -t tmpfs none $folder; done
ip addr add 10.9.0.2/24 dev wire
ip link set wire up
ip link add br0 type bridge
ip link add eth0 type dummy
ip link set eth0 master br0 up
ip link set br0 up
exec libvirtd --pid-file /run/libvirt/libvirtd.pid
END
ip netns exec there unshare --uts aa-exec -p unconfined -- sh ${there}/run >${there}/out 2>&1 &
for try in $(seq 100); do virsh -c '${uri}' --quiet list >/dev/null 2>&1 && exit 0; sleep 1; done
cat ${there}/out >&2; exit 1`;

describeMachine('live migration from one libvirtd to another', (machine) => {
  const onThere = (command: string): Promise<string> =>
    machine().must(`nsenter --net=/run/netns/there ${command}`);

  test("a guest's own VLANs go with it, and its port has them before it runs there", async () => {
    await whenSwitching(machine());
    // No conf of the other host names the guest.
    await machine().write(`${hooks}/conf/vlan_filtering.conf`, '[DEFAULT]\nmetadata = prefer\n');
    await machine().must(secondHost);
    await defineGuest(machine(), {
      name: 'mover',
      nics: [{ mac }],
      // The two libvirtds would fight over the one profile of its UUID.
      isUnconfined: true,
      metadata: `<kvmvlan:ports xmlns:kvmvlan='urn:kvmvlan:ports:1'><port mac='${mac}' pvid='100' tagged='200 300'/></kvmvlan:ports>`,
    });
    await startGuest(machine(), 'mover');
    await machine().must(
      `virsh --quiet migrate --live mover '${uri}' --migrateuri tcp://10.9.0.2 --timeout 120`,
      { timeoutMs: 400_000 },
    );
    expect((await machine().must(`virsh -c '${uri}' domstate mover`)).trim()).toBe('running');
    expect((await machine().must('virsh domstate mover')).trim()).toBe('shut off');
    const list = await machine().must(`virsh -c '${uri}' --quiet domiflist mover`);
    const tap = /^ *(\S+)/.exec(list)?.[1] ?? '';
    expect(await onThere(`bridge vlan show dev ${tap}`)).toMatch(
      /\b100 PVID Egress Untagged\s+200\s+300\s*$/,
    );
    const log = await machine().must(`cat ${there}/etc/hooks/logs/qemu_start_begin_mover_vlan_filtering.log`);
    expect(log).toMatch(new RegExp(`${tap}: now PVID 100, tagged 200,300`));
    expect(await machine().must(`virsh -c '${uri}' dumpxml mover`)).toMatch(/tagged=["']200 300["']/);
  });
});
