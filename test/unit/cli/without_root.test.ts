import { diagram } from '../../../lib/cli/diagram/diagram';
import type { Command } from '../../../lib/cli/command';
import { plan } from '../../../lib/cli/plan/plan';
import { status } from '../../../lib/cli/status/status';
import { member, switchWith } from '../model/host/host_parts';
import { runCommand } from './run_command';

const host = {
  ...switchWith({ veth0: member(100) }),
  confs: {},
  files: { '/run/libvirt/qemu/VM1.xml': null, '/run/libvirt/qemu/VM2.xml': null },
  isRoot: false,
};
const LINE = 'error: guests cannot be read without root. Run the command with sudo.\n';

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
