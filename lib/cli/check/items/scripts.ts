import { join } from 'node:path';
import { describeSkip } from '../../../dispatch/describe_skip';
import { isMeantFor } from '../../../model/conf/dispatch_conf';
import { portRulesFor } from '../../../model/match/match_ports';
import { matchesInterface } from '../../../model/match/match_rules';
import { routeRulesFor } from '../../../model/match/match_routes';
import type { Rule } from '../../../model/match/rule';
import { toGuest, toRoutedGuest } from '../../../system/libvirt/read_guests';
import { distinct } from '../../../text/distinct';
import { shellQuote } from '../../../text/shell_quote';
import type { CallScript } from '../../call_scripts';
import { editAt } from '../edit_at';
import type { Facts, NeededScript } from '../facts';
import type { Finding } from '../finding';
import type { FindingCode } from '../finding_code';
import { REINSTALL } from '../reinstall';

const ROUTES = 'guest_routes';

/** Checks whether kvmvlan's own scripts run in their phases. */
export function checkScripts(facts: Facts): Finding[] {
  const found = facts.needed.flatMap((needed) =>
    checkNeeded(needed, facts).map((finding) => ({ finding, needed })),
  );
  if (found.length === 0) {
    const names = [...new Set(facts.needed.map(({ plugin }) => plugin))];
    const message = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''} run in their phases`;
    return [{ item: 'scripts', code: 'ok', level: 'ok', message, remedy: null }];
  }
  return distinct(found, ({ finding: { code }, needed: { plugin, folder, scripts } }) =>
    JSON.stringify(
      IN_ALL_PHASES.includes(code)
        ? [code, plugin, ownScript(scripts, plugin)?.script.name]
        : [code, plugin, folder],
    ),
  ).map(({ finding }) => finding);
}

/** What dispatch.conf says about a script is the same in all of its phases. */
const IN_ALL_PHASES: readonly FindingCode[] = ['script-disabled', 'script-not-for-all'];

function ownScript(scripts: NeededScript['scripts'], plugin: string): CallScript | undefined {
  return (
    scripts?.find((one) => one.plugin === plugin) ?? scripts?.find(({ script }) => script.stem === plugin)
  );
}

function checkNeeded({ plugin, driver, phase, folder, scripts }: NeededScript, facts: Facts): Finding[] {
  const is = (code: FindingCode, level: Finding['level'], message: string, remedy = REINSTALL): Finding[] => [
    { item: 'scripts', code, level, message, remedy },
  ];
  const without = `${phase} does not run ${plugin}`;
  if (scripts === null)
    return is(
      'not-known',
      'unknown',
      `${folder} cannot be read, so the scripts of ${phase} are not known`,
      'sudo kvmvlan check',
    );
  const ours = ownScript(scripts, plugin);
  if (ours === undefined) return is('script-missing', 'failure', `${without}: it is not in ${folder}`);
  const { path, skip, name } = ours.script;
  if (skip?.code === 'masked')
    return is(
      'script-masked',
      'warning',
      `${without}: ${path} is ${describeSkip(skip)}`,
      `sudo rm ${shellQuote(path)}   # unless you masked it on purpose; then install kvmvlan again`,
    );
  if (skip !== null) {
    const remedy = skip.code === 'not-executable' ? `sudo chmod 755 ${shellQuote(path)}` : REINSTALL;
    return is('script-skipped', 'failure', `${without}: ${path} is skipped: ${describeSkip(skip)}`, remedy);
  }
  if (ours.unsafe !== null)
    return is(
      'script-unsafe',
      'failure',
      `${without}: root does not run ${path}: ${ours.unsafe.reason}`,
      ours.unsafe.fix === null ? REINSTALL : `sudo ${ours.unsafe.fix}`,
    );
  if (ours.plugin !== plugin)
    return is('script-foreign', 'failure', `${without}: ${path} does not belong to kvmvlan`);
  if (ours.version !== null && ours.version !== facts.version)
    return is(
      'script-other-version',
      'failure',
      `${path} belongs to kvmvlan ${ours.version}, but this command to ${facts.version}`,
    );
  const [wrong] = ours.conf.problems;
  if (wrong !== undefined) {
    const { file, line } = wrong.place;
    const where = line === 0 ? file : `${file}:${line}`;
    return is(
      'script-conf-wrong',
      'failure',
      `${without}: ${where} is wrong, so ${path} is not run`,
      editAt(wrong.place),
    );
  }
  const edit = (line: string): string =>
    `sudoedit ${shellQuote(join(facts.root, 'conf', 'dispatch.conf'))}   # [${ours.script.stem}] ${line}`;
  if (!ours.conf.enabled)
    return is('script-disabled', 'failure', `dispatch.conf disables ${name}`, edit('enabled = yes'));
  if (ours.conf.guests === null || driver === 'daemon') return [];
  const others = guestsLeftOut(plugin, ours, facts);
  const only = `dispatch.conf runs ${name} only for ${ours.conf.guests.join(', ')}`;
  return others.length === 0
    ? is('script-not-for-all', 'warning', only, edit('guests = *'))
    : is(
        'script-not-for-all',
        'failure',
        `${only}, but conf also ${plugin === ROUTES ? 'routes' : 'sets VLANs of'} ${others.join(', ')}`,
        edit('guests = *'),
      );
}

/** Guests with interfaces in conf or metadata for which the script is not run. */
function guestsLeftOut(
  plugin: string,
  { conf }: CallScript,
  { running, stopped, vlanFiltering, guestRoutes }: Facts,
): string[] {
  return [...(running ?? []), ...(stopped ?? [])]
    .filter((domain) => {
      const { rules }: { rules: readonly Rule<unknown>[] } =
        plugin === ROUTES
          ? routeRulesFor(guestRoutes, toRoutedGuest(domain))
          : portRulesFor(vlanFiltering, toGuest(domain));
      const isNamed = domain.interfaces.some((iface) =>
        rules.some(({ conditions }) => matchesInterface(conditions, iface)),
      );
      return isNamed && !isMeantFor(conf, domain.name);
    })
    .map(({ name }) => name);
}
