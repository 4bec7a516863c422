import { matchesGlob } from '../../text/glob';

/** What a list of devices in NetworkManager.conf can say about an interface here. */
export interface SpecDevice {
  readonly name: string;
  /** `bridge`, `ethernet`, `bond` */
  readonly type: string;
  readonly mac: string;
}

/**
 * Whether a list such as `*,except:type:wifi,interface-name:eth*` matches an interface. Other conditions never match.
 * Source: NetworkManager.conf(5), "Device List Format".
 */
export function matchesSpec(list: string, device: SpecDevice): boolean {
  const items = list.split(/[,;]/).map((item) => item.trim());
  const excepted = items.flatMap((item) => /^except:(.*)$/.exec(item)?.[1] ?? []);
  const included = items.filter((item) => item !== '' && !item.startsWith('except:'));
  if (excepted.some((item) => matchesItem(item, device))) return false;
  // A list of exceptions only matches all else.
  if (included.length === 0) return excepted.length > 0;
  return included.some((item) => matchesItem(item, device));
}

function matchesItem(item: string, { name, type, mac }: SpecDevice): boolean {
  if (item === '*') return true;
  const [, kind, pattern = ''] = /^(interface-name|type|mac):(.*)$/.exec(item) ?? [];
  if (kind === 'type') return pattern === type;
  if (kind === 'mac') return pattern.toLowerCase() === mac;
  if (kind === undefined) return item === name || item.toLowerCase() === mac;
  return pattern.startsWith('=') ? pattern.slice(1) === name : matchesGlob(pattern.replace(/^~/, ''), name);
}
