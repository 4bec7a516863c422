/** libvirt's names of a domain's state (virDomainState in conf/domain_conf.c), in words for people. */
const WORDS: Readonly<Record<string, string>> = {
  running: 'running',
  blocked: 'running, waiting for a device',
  paused: 'paused',
  shutdown: 'shutting down',
  shutoff: 'shut off',
  crashed: 'crashed',
  pmsuspended: 'suspended by its own power management',
  nostate: 'in no state that libvirt knows',
};

/** A guest's state in words; one that is new to us is told as libvirt calls it. */
export function describeState(state: string): string {
  return Object.hasOwn(WORDS, state) ? (WORDS[state] ?? state) : state;
}
