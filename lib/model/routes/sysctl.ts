import { shellQuote } from '../../text/shell_quote';

/** Settings of guest_routes for the next boot, too. systemd-udevd sets those of an interface when it appears. */
const FILE = '/etc/sysctl.d/90-kvmvlan-routes.conf';

const FOLDER = '/proc/sys/';

/** A file below /proc/sys, and what to write into it. */
export type SysctlValue = readonly [file: string, value: number];

/** The file of a setting: `net`, `ipv4`, `conf`, `eth0.100`, `forwarding`. */
export function sysctlFile(...words: readonly string[]): string {
  return FOLDER + words.join('/');
}

/** `net.ipv4.conf.eth0/100.forwarding`: in a key, dots are slashes, and slashes are dots. Source: sysctl.d(5). */
export function sysctlKey(file: string): string {
  return file.slice(FOLDER.length).replaceAll(/[./]/g, (char) => (char === '.' ? '/' : '.'));
}

/** A command that sets files below /proc/sys, in this order, now and at each boot. */
export function sysctlCommand(values: readonly SysctlValue[]): string {
  const lines = values.map(([file, value]) => shellQuote(`${sysctlKey(file)} = ${value}`));
  return `printf '%s\\n' ${lines.join(' ')} | sudo tee -a ${FILE} && sudo sysctl -p ${FILE}`;
}
