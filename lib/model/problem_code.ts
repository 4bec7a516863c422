/**
 * What is wrong, for programs; docs/json.md describes each code. A program that depends on a problem reads this, never
 * its message.
 */
export const PROBLEM_CODES = [
  // A conf file, or a guest's metadata.
  'missing-conf',
  'unreadable-conf',
  'broken-header',
  'indented-header',
  'text-behind-header',
  'no-key',
  'indented-key',
  'key-before-section',
  'duplicate-section',
  'duplicate-key',
  'unknown-key',
  'wrong-value',
  'empty-value',
  'comment-in-value',
  'conflicting-keys',
  'no-trunk-port',
  'metadata-too-long',
  'metadata-too-many',
  'metadata-twice',
  'unknown-element',
  'no-selector',
  'nic-without-number',
  // Sections and a guest's interfaces.
  'section-unused',
  'section-shadowed',
  'section-late',
  'interface-without-port',
  // Bridges and trunks.
  'bridge-missing',
  'bridge-held',
  'bridge-not-set',
  'bridge-differs',
  'default-pvid-fixed',
  'trunk-missing',
  'trunk-in-other-bridge',
  'trunk-of-guest',
  'trunk-keeps-vlans',
  'trunk-not-set',
  'disconnects-host',
  'moves-host',
  'network-manager',
  // Guests and their ports.
  'guests-for-root-only',
  'not-readable',
  'port-of-others',
  'port-claimed-by-others',
  'port-claimed-twice',
  'port-not-there',
  'port-trunk',
  'port-no-tap',
  'port-in-no-bridge',
  'port-in-other-bridge',
  'port-not-filtering',
  'port-held',
  'port-kept-out',
  'port-not-joined',
  'port-not-set',
  // A change that can be rolled back.
  'change-pending',
  'change-rolled-back',
  'rollback-incomplete',
  'command-failed',
  // A run as a whole.
  'run-failed',
  'bug',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];
