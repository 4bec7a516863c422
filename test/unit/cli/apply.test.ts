import { apply } from '../../../lib/cli/apply';
import { runCommand } from './fake_context';

test.each([
  ['0', '--confirm 0'],
  ['', '--confirm '],
  ['1e3', '--confirm 1e3'],
  ['86401', '--confirm 86401'],
  [['60', '60'], '--confirm ["60","60"]'],
  [false, '--confirm false'],
])('no change without a way back where %j is the time to confirm in', async (confirm, told) => {
  expect(await runCommand(apply, { yes: true, confirm })).toEqual({
    status: 2,
    stdout: '',
    stderr: `${told} is no number of seconds from 1 to 86400. Say for example \`--confirm 60\`.\n`,
  });
});
