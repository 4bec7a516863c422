import { diagram } from '../../../lib/cli/diagram/diagram';
import type { Command } from '../../../lib/cli/command';
import { plan } from '../../../lib/cli/plan/plan';
import { status } from '../../../lib/cli/status/status';
import { fakeKernel } from './hooks_root';
import { runCommand } from './fake_context';

const files = {
  '/etc/libvirt/hooks/conf/bridge_init.conf': '',
  '/etc/libvirt/hooks/conf/vlan_filtering.conf': '',
  '/run/libvirt/qemu/VM1.xml': null,
  '/run/libvirt/qemu/VM2.xml': null,
};
const host = { files, exec: fakeKernel({ veth0: '100' }), isRoot: false };
const LINE = 'error: guests cannot be read without root. Run it by sudo.\n';

test.each<[string, Command]>([
  ['status', status],
  ['plan', plan],
])('%s says once that guests are for root only', async (_name, command) => {
  const ran = await runCommand(command, {}, host);
  expect(ran).toMatchObject({ status: 2, stderr: '' });
  expect(ran.stdout).toContain(`Problems:\n  ${LINE}`);
  expect(ran.stdout.split('error:')).toHaveLength(2);
});

test('diagram draws what it knows, and says what it lacks', async () => {
  const ran = await runCommand(diagram, {}, host);
  expect(ran).toMatchObject({ status: 0, stderr: `kvmvlan: ${LINE}` });
  expect(ran.stdout).toContain('veth0');
});
