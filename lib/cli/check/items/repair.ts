import type { Facts } from '../facts';
import type { Finding } from '../finding';
import type { FindingCode } from '../finding_code';
import { REINSTALL } from '../reinstall';

const MISSED: Readonly<Record<string, string>> = {
  'kvmvlan.path': 'interfaces that are plugged into running guests are not noticed',
  'kvmvlan-repair.timer': 'changes of other programs on bridges are not undone',
};

/** Checks whether changes of bridges and guests between libvirt's events are noticed. */
export function checkRepair({ repair }: Facts): Finding[] {
  if (repair === null) return [];
  const warning = (code: FindingCode, message: string, remedy: string): Finding => ({
    item: 'repair',
    code,
    level: 'warning',
    message,
    remedy,
  });
  const late = 'are undone only after up to a minute';
  const found = [
    ...repair.inactive.map((unit) =>
      warning(
        'unit-inactive',
        `${unit} is not active: ${MISSED[unit] ?? ''}`,
        `sudo systemctl enable --now ${unit}`,
      ),
    ),
    ...repair.unheard.map(({ manager, bridge, script }) =>
      warning(
        'dispatcher-script-missing',
        `${manager} manages ${bridge}, and ${script} is missing or not executable: its changes ${late}`,
        `sudo chmod 755 ${script}   # or, if it is missing: ${REINSTALL}`,
      ),
    ),
    ...(repair.isDispatcherOff
      ? [
          warning(
            'dispatcher-not-enabled',
            `NetworkManager-dispatcher.service is not enabled: changes of NetworkManager ${late}`,
            'sudo systemctl enable NetworkManager-dispatcher.service',
          ),
        ]
      : []),
  ];
  if (found.length > 0) return found;
  const message = 'systemd units notice changes of bridges and guests';
  return [{ item: 'repair', code: 'ok', level: 'ok', message, remedy: null }];
}
