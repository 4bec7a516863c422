import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOURNAL_KINDS } from '../../../../lib/system/log/journal_kinds';

const FILE = join(__dirname, '../../../../conf/systemd/kvmvlan.catalog');
const [, ...texts] = readFileSync(FILE, 'utf8').split(/^-- (?=[0-9a-f]{32}$)/m);
const entries = new Map(texts.map((text) => [text.slice(0, 32), text.slice(33)]));
const kinds = Object.entries(JOURNAL_KINDS);

test('the catalog has a text for each ID in the code, and for no other', () => {
  expect([...entries.keys()].sort()).toEqual(kinds.map(([, { id }]) => id).sort());
  expect(new Set(entries.keys()).size).toBe(texts.length);
});

test.each(kinds)('%s: the text uses only fields that each entry has', (_kind, { id, always }) => {
  const used = [...(entries.get(id) ?? '').matchAll(/@([^@\s]*)@/g)].map(([, name]) => name);
  const known = always.map((field) => `KVMVLAN_${field.toUpperCase()}`);
  expect(known).toEqual(expect.arrayContaining([...new Set(used)]));
});

test.each(kinds)('%s: the text says what to do, without names in commands', (_kind, { id }) => {
  const text = entries.get(id) ?? '';
  expect(text).toMatch(/^Subject: .+\nDefined-By: kvmvlan\nDocumentation: man:[^]*\n\n[^]*`kvmvlan [a-z]+`/);
  expect(text).not.toMatch(/`[^`\n]*@[^`\n]*`/);
});

const hasJournal = spawnSync('journalctl', ['--version']).error === undefined;
if (!hasJournal) {
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error('catalog: no journalctl');
  process.stderr.write('unit: one test of the catalog is skipped: there is no journalctl\n');
}

(hasJournal ? test : test.skip)('journalctl reads it without a warning', () => {
  const root = mkdtempSync(join(tmpdir(), 'kvmvlan-catalog-'));
  try {
    const folder = join(root, 'usr/lib/systemd/catalog');
    mkdirSync(folder, { recursive: true });
    copyFileSync(FILE, join(folder, 'kvmvlan.catalog'));
    const run = (word: string) =>
      spawnSync('journalctl', [`--root=${root}`, word], { encoding: 'utf8', timeout: 20_000 });
    expect(run('--update-catalog')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(run('--list-catalog').stdout.match(/^[0-9a-f]{32} kvmvlan: \S/gm)).toHaveLength(kinds.length);
  } finally {
    rmSync(root, { recursive: true });
  }
});
