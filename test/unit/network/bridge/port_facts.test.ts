import { readPortFacts } from '../../../../lib/network/bridge/port_facts';

/** Mounts of a host: `target options`. */
const factsOf = (...mounts: string[]) =>
  readPortFacts(
    {
      text: (path) =>
        path === '/proc/mounts' ? mounts.map((mount) => `/dev/vda1 ${mount} 0 0\n`).join('') : null,
      names: () => null,
    },
    'eth0',
  );

test.each<[string, string | null]>([
  ['/ ext4 rw,relatime,errors=remount-ro', null],
  ['/ ext4 ro,relatime', '/'],
])('a root file system: %s', (mount, where) => {
  expect(factsOf(mount).readOnly).toBe(where);
});

test('what is mounted on /etc counts, and the last one of several', () => {
  expect(factsOf('/ squashfs ro', '/etc overlay rw,lowerdir=/etc').readOnly).toBeNull();
  expect(factsOf('/ ext4 rw', '/etc overlay ro').readOnly).toBe('/etc');
  expect(factsOf('/ rootfs ro', '/ ext4 rw').readOnly).toBeNull();
});

test('file systems that end with the network', () => {
  expect(factsOf('/ nfs4 rw', '/usr nfs rw', '/home nfs rw').networkMounts).toEqual([
    '/ (nfs4)',
    '/usr (nfs)',
  ]);
});

test('systemd has booted the host if its folder is there, also an empty one', () => {
  const files = (names: Record<string, string[]>) => ({
    text: () => null,
    names: (path: string) => names[path] ?? null,
  });
  expect(readPortFacts(files({ '/run/systemd/system': [] }), 'eth0').hasSystemd).toBe(true);
  expect(readPortFacts(files({}), 'eth0').hasSystemd).toBe(false);
});
