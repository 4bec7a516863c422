import type { Finding } from '../../finding';

/** A finding about routed interfaces. */
export function routeFinding(
  code: Finding['code'],
  level: Finding['level'],
  message: string,
  remedy: string | null,
): Finding {
  return { item: 'routes', code, level, message, remedy };
}
