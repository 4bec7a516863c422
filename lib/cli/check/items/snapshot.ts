import type { Facts } from '../facts';
import type { Finding } from '../finding';

const REMEDY = 'sudo kvmvlan snapshot';

/** Checks the start-up snapshot. Without it everything works, but starts more slowly. */
export function checkSnapshot({ snapshot }: Facts): Finding[] {
  if (snapshot === null) return [];
  const { without, fault } = snapshot;
  const item = 'snapshot';
  if (fault !== null) {
    const message = `node cannot start from its snapshot, which slows down each start: ${fault}`;
    return [{ item, code: 'snapshot-faulty', level: 'warning', message, remedy: REMEDY }];
  }
  if (without.length > 0) {
    const message = `there is no start-up snapshot for this node and ${without.join(', ')}: everything works, but starts more slowly`;
    return [{ item, code: 'snapshot-missing', level: 'ok', message, remedy: REMEDY }];
  }
  return [
    { item, code: 'ok', level: 'ok', message: 'hooks and commands start from a snapshot', remedy: null },
  ];
}
