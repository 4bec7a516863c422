import { apply } from '../../../../lib/cli/apply/apply';
import { runCommand } from '../run_command';

test.each([
  ['0', '"0"'],
  ['', '""'],
  ['1e3', '"1e3"'],
  ['86401', '"86401"'],
  [['60', '60'], '"[\\"60\\",\\"60\\"]"'],
  [false, '"false"'],
])('no change without a rollback where %j is the time to confirm in', async (confirm, typed) => {
  expect(await runCommand(apply, { yes: true, confirm })).toEqual({
    status: 2,
    stdout: '',
    stderr: `--confirm expects seconds from 1 to 86400, not ${typed}. For example, use \`--confirm 60\`.\n`,
  });
});
