/** libvirt's names of domain states (virDomainState in conf/domain_conf.c), as words for users. */
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

/** A guest's state in words. An unknown state keeps libvirt's name. */
export function describeState(state: string): string {
  return Object.hasOwn(WORDS, state) ? (WORDS[state] ?? state) : state;
}
