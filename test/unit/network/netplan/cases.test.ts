import { join } from 'node:path';
import type { NetworkChange } from '../../../../lib/model/network/network_change';
import { netplanBackend } from '../../../../lib/network/netplan/netplan_backend';
import { caseNames, expectGolden } from '../../golden';
import { addressing } from './addressing';
import { generate, hasNetplan } from './generate';
import { inWords } from './in_words';
import { CASES, ioOf, readCase } from './read_case';

async function rendered(name: string) {
  const { files, io, request } = readCase(name);
  const file = await netplanBackend.detect(io, request.port.name);
  const state = await netplanBackend.snapshot(io, request.port.name);
  return { files, request, file, ...netplanBackend.render(state, request) };
}

/** The files after the change is confirmed. */
function confirmed(files: Readonly<Record<string, string>>, change: NetworkChange): Record<string, string> {
  const after = { ...files };
  for (const { path, was, text } of change.kept) {
    expect(files[path] ?? null).toBe(was);
    if (text === null) delete after[path];
    else after[path] = text;
  }
  return after;
}

const ofNetplan = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => path.includes('/netplan/')));

const names = caseNames(CASES);

test.each(names)('%s', async (name) => {
  const { file, ...result } = await rendered(name);
  expectGolden(join(CASES, name, 'expected.txt'), `detected: ${file}\n${inWords(result)}`);
});

(hasNetplan ? describe : describe.skip)('netplan itself', () => {
  test.each(names)('%s: gives the bridge exactly what the port had', async (name) => {
    const { files, request, file, change } = await rendered(name);
    if (change === null || file === null) throw new Error('there is no change');
    const before = generate(ofNetplan(files));
    const trial = Object.fromEntries(change.trial.map(({ path, text }) => [path, text]));
    const after = generate(ofNetplan({ ...files, ...trial }));
    const bridge = [...after].find(([path]) => /netplan-br0\.(network|nmconnection)$/.test(path));
    expect(addressing(bridge?.[1])).toEqual(addressing(before.get(file)));
    expect(addressing(bridge?.[1])).not.toEqual([]);
    // Nothing else changes, but the parent of VLANs.
    const isOther = ([path]: [string, string]): boolean =>
      !/netplan-(br0|00-eth0)\./.test(path) && path !== file;
    const others = (all: ReadonlyMap<string, string>): [string, string][] =>
      [...all].filter(isOther).map(([path, text]) => [path, text.replace(/^parent=.*/m, 'parent=')]);
    expect(others(after)).toEqual(others(before));
    // What applies after the confirmation is the same as what was tried.
    expect(generate(ofNetplan(confirmed(files, change)))).toEqual(after);
    expect([...after.values()].join('\n')).toContain(request.port.mac);
  });

  test.each(names)('%s: the removal restores the files', async (name) => {
    const { files, request, change: created } = await rendered(name);
    if (created === null) throw new Error('there is no change');
    const { bridge, vlans, port, network } = request;
    const after = confirmed(files, created);
    const record = { bridge, vlans, port: port.name, created };
    const { change, problems } = await netplanBackend.renderRemoval(ioOf(after), record, network);
    expect(problems).toEqual([]);
    if (change === null) throw new Error('there is no change');
    expect(confirmed(after, change)).toEqual(files);
    const trial = Object.fromEntries(change.trial.map(({ path, text }) => [path, text]));
    expect(generate(ofNetplan({ ...after, ...trial }))).toEqual(generate(ofNetplan(files)));
  });
});
