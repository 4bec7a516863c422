import { headerWords } from '../../../lib/boot/header_words';

afterEach(() => {
  delete process.env.KVMVLAN_START;
});

test.each([
  ['qemu 12 34 56', { name: 'qemu', header: 12, watchdog: 34, caller: 56 }],
  ['vlan_filtering - - -', { name: 'vlan_filtering', header: null, watchdog: null, caller: null }],
  ['qemu -1 0 1e3', { name: 'qemu', header: null, watchdog: null, caller: null }],
  ['', { name: null, header: null, watchdog: null, caller: null }],
  [undefined, { name: null, header: null, watchdog: null, caller: null }],
])('%j', (value, words) => {
  if (value !== undefined) process.env.KVMVLAN_START = value;
  expect(headerWords()).toEqual(words);
  // Neither scripts nor tools are told.
  expect(process.env).not.toHaveProperty('KVMVLAN_START');
});
