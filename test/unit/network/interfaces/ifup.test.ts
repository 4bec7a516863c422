import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { caseNames } from '../../golden';
import { findIfup } from './find_ifup';
import { CASES, ioOf, recordedCase } from './recorded_case';

const ifup = findIfup();
const isRequired = process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1';
const names = caseNames(CASES).filter((name) => !/^refused|^ifupdown2/.test(name));

(ifup === undefined && !isRequired ? describe.skip : describe)('ifup --no-act', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kvmvlan-ifup.'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What ifupdown would run. It reads files as they are in /etc, from a folder. */
  function commands(program: 'ifup' | 'ifdown', file: string, devs: readonly string[]): string[] {
    const args = ['--no-act', '--force', '--state-dir', folder, '-i', join(folder, file), ...devs];
    const { status, stdout, stderr } = spawnSync(ifup ?? 'ifup', args, { argv0: program, encoding: 'utf8' });
    const lines = `${stdout}${stderr}`.split('\n');
    expect(lines.filter((line) => /^(ifup|ifdown):/.test(line))).toEqual([]);
    expect(status).toBe(0);
    return lines;
  }

  test.each(names)('%s', async (name) => {
    const { host, backend, request } = await recordedCase(name);
    const { change } = backend.render(await backend.snapshot(ioOf(host), request.port.name), request);
    const texts = new Map(Object.entries(host.files).filter(([path]) => path.startsWith('/etc/network/')));
    for (const { path, over, text } of change?.trial ?? []) texts.set(over ?? path, text);
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      const local = (text ?? '').replaceAll('source /etc/network', `source ${folder}/etc/network`);
      writeFileSync(join(folder, path), local);
    }
    const devs = [request.port.name, 'br0', ...request.vlans.map((vlan) => vlan.name)];
    const up = commands('ifup', 'etc/network/interfaces', devs);
    const down = commands('ifdown', 'run/kvmvlan/ifupdown/take-down', [...devs].reverse());
    const [port] = devs;
    const at = (part: string): number => up.findIndex((line) => line.includes(part));
    expect(at('ip link add name br0')).toBeGreaterThan(at(`ip link set dev ${port} up`));
    expect(at(`ip link set dev ${port} master br0 up`)).toBeGreaterThan(at('ip link add name br0'));
    expect(up.filter((line) => /ip addr add/.test(line) && line.includes(`dev ${port} `))).toEqual([]);
    // ifupdown itself creates eth0.200 on eth0: the commands in its stanza have to come later.
    for (const { name: vlan } of request.vlans) {
      const created = up.filter((line) => /link add/.test(line) && line.includes(` name ${vlan} `));
      if (!/^vlan\d/.test(vlan)) expect(created.at(-1)).toContain('link add link br0');
    }
    expect(down).toContain('ip link del dev br0');
    expect(down.filter((line) => /dhclient.* -r /.test(line))).toEqual([]);
  });
});
