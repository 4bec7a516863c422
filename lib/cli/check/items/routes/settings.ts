import { hostLacks } from '../../../../model/routes/host_settings';
import { whichProblem } from '../../../../model/which_problem';
import { distinct } from '../../../../text/distinct';
import { editAt } from '../../edit_at';
import type { Finding } from '../../finding';
import type { RouteFacts } from '../../route_facts';
import { routeFinding } from './route_finding';

/** Checks for settings of the host that routed guests need. */
export function checkRouteSettings(
  { wishes, routing, routingError }: RouteFacts,
  isRoot: boolean,
): Finding[] {
  if (routing === null) {
    const message = `the settings for routed guests are not known: ${routingError ?? 'unknown reason'}`;
    const remedy = isRoot ? 'ip route show table all' : 'sudo kvmvlan check';
    return [routeFinding('not-known', 'unknown', message, remedy)];
  }
  const found = wishes.flatMap(({ source, wish }) =>
    hostLacks(wish, routing).map((lack) => ({ lack, source })),
  );
  // Most are the same for all guests.
  return distinct(found, ({ lack }) => whichProblem(lack)).map(
    ({ lack: { level, code, message, command }, source }) =>
      routeFinding(
        code,
        level === 'error' ? 'failure' : 'warning',
        message.replace(/\.$/, ''),
        command ?? editAt(source.place),
      ),
  );
}
