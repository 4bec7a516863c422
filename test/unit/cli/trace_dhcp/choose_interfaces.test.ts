import { chooseInterfaces } from '../../../../lib/cli/trace_dhcp/choose_interfaces';
import { parseDomain } from '../../../../lib/model/guest/parse_domain';
import { KnownError } from '../../../../lib/model/known_error';
import { guestXml, nicsIn } from '../../fake_host/guest_xml';

const domain = parseDomain(guestXml('VM1', nicsIn('br0', 'vnet0', 'vnet1')));

test.each([
  [undefined, ['vnet0', 'vnet1']],
  ['1', ['vnet1']],
  ['vnet0', ['vnet0']],
  ['net1', ['vnet1']],
  ['52:54:00:00:00:01', ['vnet1']],
  ['52:54:00:00:00:00', ['vnet0']],
])('--interface %s', (wanted, devs) => {
  expect(chooseInterfaces(domain, wanted).map(({ dev }) => dev)).toEqual(devs);
});

test('one that the guest does not have: the error lists those that it has', () => {
  const hint = (of: typeof domain): string => {
    try {
      chooseInterfaces(of, 'vnet7');
    } catch (error) {
      if (error instanceof KnownError) return `${error.message}. ${error.hint}`;
    }
    return '';
  };
  expect(hint(domain)).toBe(
    'guest VM1 has no interface vnet7. Use a number, a port or a MAC address of: 0 vnet0 52:54:00:00:00:00, 1 vnet1 52:54:00:00:00:01.',
  );
  expect(hint(parseDomain(guestXml('VM1', [])))).toBe(
    'guest VM1 has no interface vnet7. It has no interface at all.',
  );
});
