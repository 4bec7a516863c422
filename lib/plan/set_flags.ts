import type { BridgePort } from '../model/host/host';
import { planFlags, type PortFlags } from '../model/vlan/port_flags';
import type { Command } from './step';

/** The command that gives a port the flags that it should have; none where it has them already. */
export function setFlags({ name, flags }: Pick<BridgePort, 'name' | 'flags'>, want: PortFlags): Command[] {
  const args = planFlags(name, flags, want);
  return args === null ? [] : [{ purpose: { kind: 'set-flags' }, dev: name, tool: 'bridge', args }];
}
