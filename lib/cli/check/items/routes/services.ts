import type { Finding } from '../../finding';
import type { RouteFacts } from '../../route_facts';
import { routeFinding } from './route_finding';

const MISSED: Readonly<Record<string, string>> = {
  'kvmvlan-routes.path': 'guests that arrive from another host are not reachable until the timer runs',
  'kvmvlan-routes.timer': 'routes and entries that other programs remove are not set again',
};

/** Checks for programs and units that guest_routes needs, and for those that undo its work. */
export function checkRouteServices({
  inactive,
  hasSender,
  wishes,
  networkdDropsRules,
}: RouteFacts): Finding[] {
  const found = (inactive ?? []).map((unit) =>
    routeFinding(
      'unit-inactive',
      'warning',
      `${unit} is not active: ${MISSED[unit] ?? ''}`,
      `sudo systemctl enable --now ${unit}`,
    ),
  );
  if (!hasSender && wishes.some(({ wish }) => wish.uplink !== null))
    found.push(
      routeFinding(
        'route-no-sender',
        'warning',
        'there is neither perl nor python3 to announce addresses: routers keep sending to the host that a guest has left',
        'sudo apt-get install perl-base   # or: sudo dnf install python3',
      ),
    );
  if (networkdDropsRules === true && wishes.some(({ wish }) => wish.table !== null))
    found.push(
      routeFinding(
        'route-rules-dropped',
        'warning',
        'systemd-networkd removes the rules for `table` whenever it is restarted',
        "sudo mkdir -p /etc/systemd/networkd.conf.d && printf '[Network]\\nManageForeignRoutingPolicyRules=no\\n' | sudo tee /etc/systemd/networkd.conf.d/90-kvmvlan.conf   # takes effect when systemd-networkd restarts",
      ),
    );
  return found;
}
