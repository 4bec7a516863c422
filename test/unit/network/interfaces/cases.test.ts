import { join } from 'node:path';
import type { BridgeRecord, Rendered } from '../../../../lib/network/backend';
import type { ChangeCommand, NetworkChange } from '../../../../lib/model/network/network_change';
import { shellCommand } from '../../../../lib/text/shell_quote';
import { caseNames, expectGolden } from '../../golden';
import { CASES, ioOf, recordedCase } from './recorded_case';

const names = caseNames(CASES);

test.each(names)('%s', async (name) => {
  const { host, backend, request } = await recordedCase(name);
  const file = await backend.detect(ioOf(host), request.port.name);
  const rendered = backend.render(await backend.snapshot(ioOf(host), request.port.name), request);
  expectGolden(join(CASES, name, 'expected.txt'), `${backend.name}: ${file}\n${inWords(rendered)}`);
});

test.each(names)('%s: the removal restores all files', async (name) => {
  const { host, backend, request } = await recordedCase(name);
  const before = { ...host.files };
  const created = backend.render(await backend.snapshot(ioOf(host), request.port.name), request).change;
  if (created === null) return expect(name).toMatch(/refused/);
  keep(host.files, created);
  const { bridge, port, vlans, network } = request;
  const record: BridgeRecord = { bridge, port: port.name, vlans, created };
  const { change, problems } = await backend.renderRemoval(ioOf(host), record, network);
  expect(problems).toEqual([]);
  expect(change?.kept.map(({ path }) => path)).toEqual(created.kept.map(({ path }) => path));
  if (change !== null) keep(host.files, change);
  expect(host.files).toEqual(before);
  expectGolden(join(CASES, name, 'removal.txt'), change === null ? '' : commandsOf(change));
});

/** Confirms a change. */
function keep(files: Record<string, string | null>, change: NetworkChange): void {
  for (const { path, was, text } of change.kept) {
    expect(files[path] ?? null).toBe(was);
    if (text === null) delete files[path];
    else files[path] = text;
  }
}

function inWords({ change, problems }: Rendered): string {
  const found = problems.map(({ level, code, message, hint }) => `${level} ${code}: ${message}\n  ${hint}`);
  if (change === null) return found.join('\n');
  const trial = change.trial.map(({ path, over, text, mode }) => {
    return `==> ${path} ${mode.toString(8)}${over === null ? '' : ` over ${over}`}\n${text.trimEnd()}`;
  });
  const kept = change.kept.map(({ path, text, mode }) => {
    const tried = change.trial.find(({ over }) => over === path);
    return `keeps ${path} ${mode.toString(8)}: ${tried?.text === text ? 'as tried' : JSON.stringify(text)}`;
  });
  return [...found, ...trial, '', commandsOf(change), ...kept].join('\n');
}

function commandsOf({ start, undo, settle }: NetworkChange): string {
  const lines = (what: string, commands: readonly ChangeCommand[]): string[] =>
    commands.map(({ command, args, mayFail }) => {
      return `${what} ${shellCommand([command, ...args])}${mayFail === true ? '' : ' (must succeed)'}`;
    });
  return [...lines('start', start), ...lines('undo', undo), ...lines('settle', settle)].join('\n');
}
