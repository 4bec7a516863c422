import type { Facts } from '../facts';
import type { Finding } from '../finding';

/** Reports a change that waits to be confirmed, was rolled back, or could not be rolled back. */
export function checkChange({ change }: Facts): Finding[] {
  return (change?.problems ?? []).map(({ level, code, message }) => ({
    item: 'change',
    code,
    level: level === 'error' ? 'failure' : 'warning',
    message: message.replace(/\.$/, ''),
    remedy: change?.remedy ?? null,
  }));
}
