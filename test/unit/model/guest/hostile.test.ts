import assert from 'node:assert/strict';
import { readVlanFilteringConf } from '../../../../lib/model/conf/vlan_filtering_conf';
import { parseDomain } from '../../../../lib/model/guest/parse_domain';
import { KnownError } from '../../../../lib/model/known_error';
import { matchPorts } from '../../../../lib/model/match/match_ports';
import { matchProblems } from '../../../../lib/model/match/match_problems';
import { toGuest } from '../../../../lib/system/libvirt/read_guests';
import { cpuTimeSince } from '../../cpu_time';
import { statusFile } from './fixtures';
import { BOMBS, guestWith, hostileGuest } from './hostile_xml';

const SECTIONS =
  '[vnet0]\nguest = *\npvid = 5\n[n]\nguest = VM1\nnic = 1\n[a]\nalias = ua-x\n[m]\nmac = 52:54:00:ab:cd:ef\n[q]\nguest = *\nbridge = br0\npvid = 999\n';
const CONFS = ['', SECTIONS, '[DEFAULT]\nmetadata = prefer\n', '[DEFAULT]\nmetadata = off\n'].map((text) =>
  readVlanFilteringConf(text, 'vlan_filtering.conf'),
);

/** Reads a guest, matches it with some confs, and gives all that is said of it. */
function saidOf(xml: string, confs = CONFS): { devs: (string | null)[]; messages: string[] } {
  const domain = parseDomain(xml);
  const messages = confs
    .flatMap((conf) => matchProblems(matchPorts(conf, toGuest(domain))))
    .map(({ message, hint }) => `${message} ${hint}`);
  return { devs: domain.interfaces.map(({ dev }) => dev), messages };
}

describe.each([true, false])('one megabyte of metadata in the ports element: %s', (isInPorts) => {
  test.each(Object.entries(BOMBS))('%s', (_, bomb) => {
    const xml = guestWith(bomb(1_000_000), isInPorts);
    for (const form of [xml, statusFile(xml)]) {
      const began = process.cpuUsage();
      const { devs, messages } = saidOf(form);
      expect(cpuTimeSince(began)).toBeLessThan(1000);
      // It hides nothing, and what is said of it can be read and logged.
      expect(devs).toEqual(['vnet0']);
      expect(Math.max(0, ...messages.map(({ length }) => length))).toBeLessThan(1500);
      expect(messages.join('').length).toBeLessThan(10_000);
    }
  });
});

describe('64 kilobytes of it, as much as is read', () => {
  test.each(Object.entries(BOMBS))('%s', (_, bomb) => {
    const began = process.cpuUsage();
    const { devs, messages } = saidOf(guestWith(bomb(60_000), true));
    expect(cpuTimeSince(began)).toBeLessThan(1000);
    expect(devs).toEqual(['vnet0']);
    expect(Math.max(0, ...messages.map(({ length }) => length))).toBeLessThan(1500);
    expect(messages.join('').length).toBeLessThan(500_000);
  });
});

/** FUZZ_FROM and FUZZ_CASES choose others, or more. A failure tells the seed: FUZZ_FROM=seed FUZZ_CASES=1 runs it again. */
const FROM = Number(process.env.FUZZ_FROM ?? 0);
const CASES = Number(process.env.FUZZ_CASES ?? 100_000);

test(`hostile guests ${FROM} to ${FROM + CASES - 1}: nothing but a known error, and no interface hidden`, () => {
  let refused = 0;
  let slowest = 0;
  for (let seed = FROM; seed < FROM + CASES; seed++) {
    const { xml, devs } = hostileGuest(seed);
    const began = process.cpuUsage();
    try {
      const read = saidOf(xml, CONFS.slice(seed % 4, (seed % 4) + 1));
      if (devs === null) continue;
      assert.deepEqual(read.devs, devs);
      for (const message of read.messages) assert.ok(message.length < 2000, `${message.length} characters`);
    } catch (error) {
      if (!(error instanceof KnownError) || devs !== null)
        throw new Error(`seed ${seed}: ${(error as Error).message}\n${xml.slice(0, 4000)}`, { cause: error });
      refused++;
    } finally {
      slowest = Math.max(slowest, cpuTimeSince(began));
    }
  }
  expect(slowest).toBeLessThan(1000);
  // As many are broken as are not, so both are put to the test.
  if (CASES > 1000) expect(refused / CASES).toBeGreaterThan(0.2);
}, 120_000);
