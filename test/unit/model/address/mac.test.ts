import { formatMac, parseMac } from '../../../../lib/model/address/mac';

test('a MAC address', () => {
  expect(parseMac('52:54:00:AB:cd:0f')).toEqual([0x52, 0x54, 0, 0xab, 0xcd, 0x0f]);
  expect(formatMac([0x52, 0x54, 0, 0xab, 0xcd, 0x0f])).toBe('52:54:00:ab:cd:0f');
});

test.each([
  '',
  '52:54:00:00:00',
  '52:54:00:00:00:05:06',
  '52:54:00:00:00:5',
  '52-54-00-00-00-05',
  '52:54:00:00:00:0g',
])('"%s" is none', (text) => {
  expect(parseMac(text)).toBeNull();
});
