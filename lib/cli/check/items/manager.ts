import { describeContradiction } from '../../../network/describe_contradiction';
import type { ManagedBridge } from '../../../network/manager';
import type { Facts } from '../facts';
import type { Finding } from '../finding';

/** Who else manages the bridges, what of it contradicts conf, and who puts right what they do. */
export function checkManagers(facts: Facts): Finding[] {
  const bridges = facts.managers ?? [];
  return [...bridges.flatMap((each) => checkBridge(each, facts)), ...checkRepair(facts, bridges)];
}

function checkBridge(
  { bridge, managers, contradictions, unreadable }: ManagedBridge,
  { isRoot }: Facts,
): Finding[] {
  const item = 'manager';
  const found = contradictions.map((each): Finding => {
    const { message, remedy } = describeContradiction(each);
    return { item, level: each.level, message, remedy };
  });
  const [file] = unreadable;
  if (file !== undefined) {
    const message = `${file}${isRoot ? ' cannot be read' : ' can be read by root only'}: what NetworkManager does to ${bridge} is not known`;
    found.push({ item, level: 'unknown', message, remedy: isRoot ? `ls -l ${file}` : 'sudo kvmvlan check' });
  }
  if (found.length > 0) return found;
  const names = managers.map(
    ({ name, file: of, netplan }) =>
      `${name}${netplan ? ' (by netplan)' : ''}${of === null ? '' : `, ${of}`}`,
  );
  const message =
    names.length === 0
      ? `bridge ${bridge}: no manager of the network touches it`
      : `bridge ${bridge} is managed by ${names.join(' and ')}: nothing there contradicts conf`;
  return [{ item, level: 'ok', message, remedy: null }];
}

function checkRepair({ repair }: Facts, bridges: readonly ManagedBridge[]): Finding[] {
  const item = 'repair';
  if (bridges.length === 0) return [];
  const isManagedBy = (name: string): boolean =>
    bridges.some(({ managers }) => managers.some((each) => each.name === name));
  const missing = repair.dispatchers.filter(({ manager, isThere }) => !isThere && isManagedBy(manager));
  const findings = missing.map(({ manager, path }): Finding => {
    const message = `there is no ${path}: what ${manager} changes is repaired after up to a minute, not immediately`;
    return { item, level: 'warning', message, remedy: 'sudo ./install.sh' };
  });
  if (repair.timer === false) {
    const message = 'kvmvlan-repair.timer does not run: VLANs that somebody else takes away stay lost';
    const remedy = 'sudo systemctl enable --now kvmvlan-repair.timer';
    findings.push({ item, level: 'warning', message, remedy });
  }
  if (repair.timer === true && findings.length === 0) {
    const message = 'kvmvlan-repair.timer looks every minute whether ports have lost their VLANs';
    findings.push({ item, level: 'ok', message, remedy: null });
  }
  return findings;
}
