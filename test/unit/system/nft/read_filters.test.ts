import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecResult } from '../../../../lib/model/io';
import { readFilters } from '../../../../lib/system/nft/read_filters';
import { readUplinkFilters } from '../../../../lib/system/nft/read_uplink_filters';
import { failed, NOT_FOUND, succeeded } from '../../fake_host/exec_results';

const recorded = (name: string): string =>
  readFileSync(join(__dirname, '../../model/routes/golden', name), 'utf8');

/** nft that answers these commands, and no other. */
const nft = (answers: Readonly<Record<string, ExecResult>>) => (command: string, args: readonly string[]) => {
  const answer = answers[[command, ...args].join(' ')];
  if (answer === undefined) throw new Error(`unexpected: ${command} ${args.join(' ')}`);
  return Promise.resolve(answer);
};

const ABSENT = failed({ kind: 'exit', status: 1 }, 'Error: No such file or directory\n');

test('filters of taps and of uplinks', async () => {
  const exec = nft({
    'nft -j list table netdev kvmvlan': succeeded(recorded('taps-1.0.6.json')),
    'nft -j list table arp kvmvlan': succeeded(recorded('uplinks-1.0.6.json')),
  });
  expect([...((await readFilters(exec))?.keys() ?? [])]).toEqual(['vnet0', 'w#é-1']);
  expect([...((await readUplinkFilters(exec))?.keys() ?? [])]).toEqual(['eth0', 'br.1']);
});

test('no table is no filter', async () => {
  const exec = nft({
    'nft -j list table netdev kvmvlan': ABSENT,
    'nft -j list tables netdev': succeeded(
      '{"nftables": [{"table": {"family": "netdev", "name": "kvmvlan-guard", "handle": 1}}]}\n',
    ),
  });
  expect(await readFilters(exec)).toEqual(new Map());
});

test.each([
  ['nft is not installed', NOT_FOUND],
  [
    'the kernel has no netfilter sockets',
    failed({ kind: 'exit', status: 3 }, 'mnl.c:60: Unable to initialize'),
  ],
  [
    'the kernel has no nftables',
    failed({ kind: 'exit', status: 1 }, 'netlink: Error: cache initialization failed: Invalid argument\n'),
  ],
])('%s: there can be none', async (_, result) => {
  const exec = nft({ 'nft -j list table netdev kvmvlan': result, 'nft -j list table arp kvmvlan': result });
  expect(await readFilters(exec)).toBeNull();
  expect(await readUplinkFilters(exec)).toBeNull();
});

test.each([
  ['the table is there', succeeded('{"nftables": [{"table": {"family": "netdev", "name": "kvmvlan"}}]}')],
  ['it cannot be known', failed({ kind: 'exit', status: 1 })],
])('another failure is an error: %s', async (_, tables) => {
  const denied = failed({ kind: 'exit', status: 1 }, 'Error: Operation not permitted\n');
  const exec = nft({ 'nft -j list table netdev kvmvlan': denied, 'nft -j list tables netdev': tables });
  await expect(readFilters(exec)).rejects.toMatchObject({
    message:
      'cannot read the filters of this host: `nft list table netdev kvmvlan`: Error: Operation not permitted',
    hint: 'Run `nft list table netdev kvmvlan` to see what is wrong.',
  });
});
