import { cutReason } from '../../../lib/text/cut_reason';

test('a reason of 4 KiB stays as it is; a longer one is cut between characters, and says so', () => {
  const fits = 'é'.repeat(2048);
  expect(cutReason(fits)).toBe(fits);
  const cut = cutReason(`x${'€'.repeat(2000)}`);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(4096);
  expect(Buffer.byteLength(cut)).toBeGreaterThan(4090);
  expect(cut).toMatch(/^x€+ … \(cut, 6001 bytes\)$/);
});
