import { join } from 'node:path';
import { callEnv, domainEnv } from '../../../lib/dispatch/script_env';
import type { Domain } from '../../../lib/model/guest/domain';
import { parseDomain } from '../../../lib/model/guest/parse_domain';
import { anInterface } from '../model/guest/an_interface';
import { fixture, GUEST_FIXTURES } from '../model/guest/fixtures';
import { expectGolden } from '../golden';

const NOWHERE = { routes: new Map(), isArriving: false };

function domain(more: Partial<Domain>): Domain {
  return {
    name: 'VM1',
    uuid: null,
    interfaces: [],
    disks: [],
    metadata: null,
    metadataProblem: null,
    nics: null,
    nicsProblem: null,
    status: null,
    ...more,
  };
}

describe('what scripts are told in their environment', () => {
  test('of the call', () => {
    const call = {
      driver: 'qemu',
      object: 'Windows 10',
      operation: 'release',
      suboperation: 'end',
      extra: 'from snapshot',
    };
    expect(callEnv(call, '/etc/libvirt/hooks')).toEqual({
      LIBVIRT_HOOK_DRIVER: 'qemu',
      LIBVIRT_HOOK_OBJECT: 'Windows 10',
      LIBVIRT_HOOK_OPERATION: 'release',
      LIBVIRT_HOOK_SUBOPERATION: 'end',
      LIBVIRT_HOOK_EXTRA: 'from snapshot',
      LIBVIRT_HOOK_ROOT: '/etc/libvirt/hooks',
    });
  });

  test.each(GUEST_FIXTURES)('of the guest in %s', (name) => {
    const lines = Object.entries(domainEnv(parseDomain(fixture(name)), NOWHERE)).map(
      ([key, value]) => `${key}=${value}`,
    );
    expectGolden(join(__dirname, 'golden', `${name}.txt`), lines.sort().join('\n'));
  });

  test('of a guest without anything', () => {
    expect(domainEnv(domain({}), NOWHERE)).toEqual({ LIBVIRT_NIC_COUNT: '0', LIBVIRT_DISK_COUNT: '0' });
  });

  test('is nothing that is empty, and nothing longer than any path', () => {
    const disks = ['', 'x'.repeat(5000), '/ok'].map((source) => ({
      type: 'file',
      dev: 'vda',
      source,
      format: null,
    }));
    const env = domainEnv(domain({ disks }), NOWHERE);
    expect(Object.keys(env).filter((name) => name.endsWith('_SOURCE'))).toEqual(['LIBVIRT_DISK_2_SOURCE']);
  });

  test('numbers interfaces by their place, so that a loop up to the count finds all of them', () => {
    const interfaces = ['ua-x', 'net1', 'hostdev0'].map((alias, place) =>
      anInterface({ place, nic: alias === 'net1' ? 1 : null, alias }),
    );
    expect(domainEnv(domain({ interfaces }), NOWHERE)).toMatchObject({
      LIBVIRT_NIC_COUNT: '3',
      LIBVIRT_NIC_0_ALIAS: 'ua-x',
      LIBVIRT_NIC_1_ALIAS: 'net1',
      LIBVIRT_NIC_2_ALIAS: 'hostdev0',
    });
  });

  test('is never more than can be handed to a process, however many interfaces there are', () => {
    const interfaces = Array.from({ length: 20_000 }, (_, place) =>
      anInterface({ place, dev: `vnet${place}` }),
    );
    const env = domainEnv(domain({ interfaces }), NOWHERE);
    const bytes = Object.entries(env).reduce((sum, [key, value]) => sum + key.length + value.length + 2, 0);
    expect(bytes).toBeLessThan(256 * 1024);
    expect(env).toMatchObject({ LIBVIRT_NIC_COUNT: '20000', LIBVIRT_NIC_0_DEV: 'vnet0' });
  });
});
