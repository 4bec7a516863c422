import { formatConfProblem } from '../../../model/conf/conf_problem';
import type { Conditions } from '../../../model/match/rule';
import type { Domain } from '../../../model/guest/domain';
import { describeRule } from '../../../model/match/describe_rule';
import { isGlob } from '../../../text/glob';
import { isUuid } from '../../../model/match/is_uuid';
import { matchPorts } from '../../../model/match/match_ports';
import { matchRoutes } from '../../../model/match/match_routes';
import type { RuleMatch } from '../../../model/match/match_rules';
import { shadowedRules } from '../../../model/match/shadowed_rules';
import { toGuest, toRoutedGuest } from '../../../system/libvirt/read_guests';
import { shellName, shellQuote } from '../../../text/shell_quote';
import { editAt } from '../edit_at';
import type { Facts } from '../facts';
import type { Finding } from '../finding';
import { REINSTALL } from '../reinstall';

/** Names that libvirt chooses at the start of a guest. */
const GENERATED = /^(vnet|macvtap|macvlan)\d+$/;

/** Checks that conf files are valid, that each section can match, and that its guest and interface exist. */
export function checkConfs(facts: Facts): Finding[] {
  const { confUnreadable, confUnsafe, confProblems, root } = facts;
  const unreadable = confUnreadable.map(({ cause, message }): Finding => {
    const isMissing = cause === 'missing';
    const remedy = isMissing ? REINSTALL : 'sudo kvmvlan check';
    const code = isMissing ? 'missing-conf' : 'unreadable-conf';
    return { item: 'conf', code, level: isMissing || facts.isRoot ? 'failure' : 'unknown', message, remedy };
  });
  const unsafe = confUnsafe.map(({ file, unsafe: { reason, fix } }): Finding => {
    const name = shellQuote(file);
    const copy = `sudo install -m 644 "$(readlink -f -- ${name})" ${name}   # replaces the link with a copy`;
    const remedy = fix === null ? copy : `sudo ${fix}`;
    return {
      item: 'conf',
      code: 'unsafe-conf',
      level: 'failure',
      message: `hooks do not read ${file}: ${reason}`,
      remedy,
    };
  });
  const wrong = confProblems.map((problem): Finding => ({
    item: 'conf',
    code: problem.code,
    level: problem.level === 'error' ? 'failure' : 'warning',
    message: formatConfProblem(problem),
    remedy: editAt(problem.place),
  }));
  const valid: Finding[] =
    unreadable.length + unsafe.length + wrong.length > 0
      ? []
      : [
          {
            item: 'conf',
            code: 'ok',
            level: 'ok',
            message: `the files in ${root}/conf are valid`,
            remedy: null,
          },
        ];
  return [
    ...unreadable,
    ...unsafe,
    ...wrong,
    ...valid,
    ...checkShadowed(facts),
    ...checkUnread(facts),
    ...checkGuests(facts),
  ];
}

function checkUnread({ unreadGuests }: Facts): Finding[] {
  return unreadGuests.map(({ guest, message }) => ({
    item: 'guests',
    code: 'not-known',
    level: 'unknown',
    message: `guest ${guest} cannot be read, so it was not checked: ${message.replace(/\.$/, '')}`,
    remedy: `virsh dumpxml ${shellName(guest)}`,
  }));
}

function checkShadowed({ vlanFiltering, guestRoutes }: Facts): Finding[] {
  const shadowed = [
    ...shadowedRules<unknown>(vlanFiltering.rules),
    ...shadowedRules<unknown>(guestRoutes.rules),
  ];
  return shadowed.map(({ rule, by }) => ({
    item: 'shadowed',
    code: 'section-shadowed',
    level: 'warning',
    message: `${describeRule(rule)} can never match: ${describeRule(by)} comes first and matches the same interfaces`,
    remedy: `${editAt(rule.place)}: move it up, or remove it`,
  }));
}

/** Whether it is decided only at the guest's start if a section matches. */
function isNotKnownYet({ dev, bridge }: Conditions, { interfaces }: Domain): boolean {
  if (dev !== undefined && GENERATED.test(dev)) return true;
  return bridge !== undefined && interfaces.some((iface) => iface.network !== null && iface.bridge === null);
}

function checkGuests({
  vlanFiltering,
  guestRoutes,
  running,
  stopped,
  unreadGuests,
  isRoot,
}: Facts): Finding[] {
  const named = [...vlanFiltering.rules, ...guestRoutes.rules].filter(
    ({ conditions: { guest } }) => guest !== undefined && !isGlob(guest),
  );
  if (named.length === 0) return [];
  if (running === null || stopped === null) {
    const message = `the guests of this host cannot be read${isRoot ? '' : ' without root'}, so the guests in conf were not checked`;
    return [{ item: 'guests', code: 'not-known', level: 'unknown', message, remedy: 'sudo kvmvlan check' }];
  }
  const known = [...running, ...stopped];
  const isKnown = (guest: string): boolean =>
    known.some(({ name, uuid }) => (isUuid(guest) ? uuid === guest.toLowerCase() : name === guest)) ||
    // The UUID of one that cannot be read is not known.
    unreadGuests.some((unread) => isUuid(guest) || unread.guest === guest);
  const missing = named.filter(({ conditions }) => !isKnown(conditions.guest ?? ''));
  const findings = missing.map((rule): Finding => ({
    item: 'guests',
    code: 'guest-missing',
    level: 'warning',
    message: `${describeRule(rule)} names guest ${rule.conditions.guest ?? ''}, which does not exist on this host`,
    remedy: `${editAt(rule.place)}, virsh list --all lists the guests`,
  }));
  const matches = known.flatMap((domain): [Domain, RuleMatch<unknown>][] => [
    [domain, matchPorts(vlanFiltering, toGuest(domain))],
    [domain, matchRoutes(guestRoutes, toRoutedGuest(domain))],
  ]);
  const unused = matches.flatMap(([domain, match]) => {
    const isOff = stopped.includes(domain);
    return match.unused
      .filter((rule) => !match.shadowed.some((other) => other.rule === rule) && rule.origin === 'conf')
      .filter(({ conditions }) => !(isOff && isNotKnownYet(conditions, domain)))
      .map((rule): Finding => {
        const message = `${describeRule(rule)} matches no interface of guest ${domain.name}`;
        return {
          item: 'interfaces',
          code: 'section-unused',
          level: 'warning',
          message,
          remedy: `${editAt(rule.place)}, or virsh edit ${shellName(domain.name)} to give the interface that name`,
        };
      });
  });
  const ok: Finding = {
    item: 'guests',
    code: 'ok',
    level: 'ok',
    message: 'all guests and interfaces in conf exist',
    remedy: null,
  };
  return findings.length + unused.length === 0 ? [ok] : [...findings, ...unused];
}
