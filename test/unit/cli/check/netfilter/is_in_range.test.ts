import { isInRange } from '../../../../../lib/cli/check/netfilter/is_in_range';

test('ranges', () => {
  expect(isInRange('0.0.0.0', '0.0.0.0', '0.0.0.9')).toBe(true);
  expect(isInRange('0.0.0.0', '192.0.2.1', '192.0.2.9')).toBe(false);
  expect(isInRange('0.0.0.0', '::', '::1')).toBeNull();
});
