import { describeMachine } from './describe_machine';
import { defineGuest, startGuest } from './guests';
import { hooks } from './installed';
import { whenSwitching } from './readme_example';
import { MIGRATE_URI, onThere, startSecondHost, THERE, URI } from './second_host';

const mac = '52:54:00:00:aa:01';
describeMachine('live migration from one libvirtd to another', (machine) => {
  test("a guest's own VLANs go with it, and its port has them before it runs there", async () => {
    await whenSwitching(machine());
    // No conf of the other host names the guest.
    await machine().write(`${hooks}/conf/vlan_filtering.conf`, '[DEFAULT]\nmetadata = prefer\n');
    await startSecondHost(machine());
    await defineGuest(machine(), {
      name: 'mover',
      nics: [{ mac }],
      // The two libvirtds would fight over the one profile of its UUID.
      isUnconfined: true,
      metadata: `<kvmvlan:ports xmlns:kvmvlan='urn:kvmvlan:ports:1'><port mac='${mac}' pvid='100' tagged='200 300'/></kvmvlan:ports>`,
    });
    await startGuest(machine(), 'mover');
    await machine().must(
      `virsh --quiet migrate --live mover '${URI.there}' --migrateuri ${MIGRATE_URI.there} --timeout 120`,
      { timeoutMs: 400_000 },
    );
    expect((await machine().must(`virsh -c '${URI.there}' domstate mover`)).trim()).toBe('running');
    expect((await machine().must('virsh domstate mover')).trim()).toBe('shut off');
    const list = await machine().must(`virsh -c '${URI.there}' --quiet domiflist mover`);
    const tap = /^ *(\S+)/.exec(list)?.[1] ?? '';
    expect(await onThere(machine(), `bridge vlan show dev ${tap}`)).toMatch(
      /\b100 PVID Egress Untagged\s+200\s+300\s*$/,
    );
    const log = await machine().must(`cat ${THERE}/etc/hooks/logs/qemu_start_begin_mover_vlan_filtering.log`);
    expect(log).toMatch(new RegExp(`${tap}: now PVID 100, tagged 200,300`));
    expect(await machine().must(`virsh -c '${URI.there}' dumpxml mover`)).toMatch(/tagged=["']200 300["']/);
  });
});
