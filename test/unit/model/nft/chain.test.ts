import {
  canNameInterface,
  chainName,
  interfaceOfChain,
  removeChains,
  replaceChains,
} from '../../../../lib/model/nft/chain';

test.each([
  ['vnet0', 'tap-vnet0'],
  ['drop', 'tap-drop'],
  ['-_.9', 'tap--_.9'],
  ['w#1', 'tap-w/231'],
  ['w%2f', 'tap-w/252f'],
  ["!~*'()", 'tap-/21/7E/2A/27/28/29'],
  ['é{}$@', 'tap-/C3/A9/7B/7D/24/40'],
])('the chain of %s is %s', (name, chain) => {
  expect(chainName('tap-', name)).toBe(chain);
  expect(chainName('tap-', name)).toMatch(/^[a-z][a-z0-9/_.-]*$/i);
  expect(interfaceOfChain('tap-', chain)).toBe(name);
});

test.each(['vnet0', 'TAP-vnet0', 'tap-/', 'tap-/zz', 'tap-/ff', 'tap-/76net0', 'tap-w/7e'])(
  '%s is the chain of no interface',
  (chain) => {
    expect(interfaceOfChain('tap-', chain)).toBeNull();
  },
);

test('names that no ruleset can have', () => {
  const names = ['vnet0', 'w#é-1', '$x;y{}', '', 'a"b', 'a*', 'a\\b', 'a\nb'];
  expect(names.filter((name) => !canNameInterface(name))).toEqual(['', 'a"b', 'a*', 'a\\b', 'a\nb']);
});

test('nothing to do is no ruleset', () => {
  expect(replaceChains('netdev', [])).toBe('');
  expect(removeChains('arp', [])).toBe('');
});
