import { matchesSpec } from '../../../../lib/network/networkmanager/device_spec';
import {
  formatKeyfile,
  getValue,
  parseKeyfile,
  setValue,
} from '../../../../lib/network/networkmanager/keyfile';
import { parseLeaseIds } from '../../../../lib/network/networkmanager/lease_ids';
import { eui64, identifierAddress, interfaceIdentifier } from '../../../../lib/network/interface_identifier';

describe('a keyfile', () => {
  const TEXT = '# by hand\n\n[a]\n# why\nx = 1\ny=2\\\n\n[802-3-ethernet]\nmtu=9000\n\n[a]\nx=3\n';

  test('stays as it is written, apart from blank lines', () => {
    expect(formatKeyfile(parseKeyfile(TEXT))).toBe(TEXT);
    expect(formatKeyfile(parseKeyfile('[a]\nx=1\n\n\n[b]\ny=1'))).toBe('[a]\nx=1\n\n[b]\ny=1\n');
  });

  test('the last value of a key counts, and old names of sections are known', () => {
    const keyfile = parseKeyfile(TEXT);
    expect(getValue(keyfile, 'a', 'x')).toBe('3');
    expect(getValue(keyfile, 'a', 'y')).toBe('2\\');
    expect(getValue(keyfile, 'ethernet', 'mtu')).toBe('9000');
    expect(getValue(keyfile, 'a', '# why')).toBeNull();
  });

  test('a key is set once, at its first place', () => {
    const keyfile = parseKeyfile(TEXT);
    expect(formatKeyfile(setValue(keyfile, 'a', 'x', '7'))).toBe(
      TEXT.replace('x = 1', 'x=7').replace('[a]\nx=3\n', '[a]\n'),
    );
    expect(getValue(setValue(keyfile, 'a', 'x', null), 'a', 'x')).toBeNull();
    expect(setValue(keyfile, 'b', 'z', null)).toEqual(keyfile);
    expect(formatKeyfile(setValue(keyfile, 'b', 'z', '1'))).toBe(`${TEXT}\n[b]\nz=1\n`);
    expect(formatKeyfile(setValue(keyfile, 'ethernet', 'x', '1'))).toContain('mtu=9000\nx=1\n');
  });
});

describe('a list of devices', () => {
  const br0 = { name: 'br0', type: 'bridge', mac: '52:54:00:aa:bb:cc' };
  test.each([
    '*',
    'br0',
    'type:bridge',
    'interface-name:br*',
    'interface-name:=br0',
    'eth0,br0',
    'mac:52:54:00:AA:BB:CC',
  ])('%s has br0', (list) => expect(matchesSpec(list, br0)).toBe(true));
  test.each(['', 'eth0', '*,except:type:bridge', 'type:ethernet', 'interface-name:=br*', 'driver:bridge'])(
    '%j does not',
    (list) => expect(matchesSpec(list, br0)).toBe(false),
  );
  test('exceptions alone mean all others', () => {
    expect(matchesSpec('except:type:wifi', br0)).toBe(true);
    expect(matchesSpec('except:interface-name:br0', br0)).toBe(false);
  });
});

test('interface identifiers', () => {
  expect(interfaceIdentifier('2001:db8::5054:ff:feaa:bbcc/64')).toBe('505400fffeaabbcc');
  expect(interfaceIdentifier('2001:db8:1:2:a:b:c:d')).toBe('000a000b000c000d');
  expect(interfaceIdentifier('::')).toBe('0000000000000000');
  for (const text of ['', '192.0.2.1/24', '1:2:3', '1:2:3:4:5:6:7:8:9::', 'x::1'])
    expect(interfaceIdentifier(text)).toBeNull();
  expect(eui64('52:54:00:aa:bb:cc')).toBe('505400fffeaabbcc');
  expect(identifierAddress('000a000b000c000d')).toBe('::a:b:c:d');
});

test('no lease', () => {
  expect(parseLeaseIds('')).toEqual({ clientId: null, duid: null, iaid: null });
});
