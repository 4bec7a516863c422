import type { Exec } from '../../model/io';
import type { Proposal } from './proposal';

/** The unified diff of each file that changes, by diff(1). A file that is new has only lines with a plus. */
export async function diffsOf({ plan }: Proposal, exec: Exec): Promise<string[]> {
  if (plan === null) return [];
  const { conf, change } = plan;
  const files = [...change.kept, ...(conf === null ? [] : [conf])].filter(({ was, text }) => was !== text);
  return Promise.all(files.map((file) => diffOf(file, exec)));
}

async function diffOf(
  { path, was, text }: { readonly path: string; readonly was: string | null; readonly text: string | null },
  exec: Exec,
): Promise<string> {
  const old = was === null ? '/dev/null' : path;
  const args = [
    '-u',
    '--label',
    was === null ? '/dev/null' : path,
    '--label',
    text === null ? '/dev/null' : path,
  ];
  const { stdout, end } = await exec('diff', [...args, '--', old, '-'], { input: text ?? '' });
  // diff is in Debian's essential packages; without it the preview shows the new text.
  return end.kind === 'exit' && end.status < 2 ? stdout : `+++ ${path}\n${text ?? ''}`;
}
