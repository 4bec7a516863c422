import type { HostNetwork } from '../../model/network/host_network';
import type { ChangeCommand } from '../../model/network/network_change';
import { lastingAddresses, lastingRoutes } from '../../plan/network/lost_by';
import type { Problem } from '../../model/problem';
import { oneLine } from '../../text/one_line';
import { paint } from '../../text/paint';
import { shellCommand } from '../../text/shell_quote';
import { wrap } from '../../text/text';
import type { Proposal } from './proposal';

/** How many lines of one file are shown; JSON has all. */
const MAX_LINES = 8;

export interface ProposalStyle {
  readonly width: number;
  readonly color: boolean;
}

/** Warnings first, then what moves, then each file as a diff, then the commands. @param diffs of the files, in order */
export function renderProposal(proposal: Proposal, diffs: readonly string[], style: ProposalStyle): string {
  const { plan } = proposal;
  const blocks = [renderProblems(proposal.problems, style), renderMentions(proposal, style)];
  if (plan !== null) {
    blocks.push(
      renderMove(proposal, style),
      ...diffs.map((diff) => renderDiff(diff, style)),
      renderTrial(proposal, style),
    );
  }
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

export function renderProblems(problems: readonly Problem[], { width, color }: ProposalStyle): string {
  return problems
    .flatMap(({ level, message, hint }) =>
      wrap(`${level === 'error' ? 'REFUSED' : 'WARNING'}: ${message} ${hint}`.trim(), width).map((line) =>
        paint(line, level === 'error' ? 'bad' : 'warn', color),
      ),
    )
    .join('\n');
}

function renderMentions({ mentions, move }: Proposal, { width, color }: ProposalStyle): string {
  if (mentions.length === 0) return '';
  const title = `WARNING: packets of the host will arrive on ${move.to} instead of ${move.from}. These lines name ${move.from}, and may need ${move.to} before you confirm:`;
  return [
    ...wrap(title, width).map((line) => paint(line, 'warn', color)),
    ...[...new Set(mentions.map(({ where }) => where))].flatMap((where) => {
      const lines = mentions.filter((each) => each.where === where);
      const more = lines.length - MAX_LINES;
      return [
        ...lines.slice(0, MAX_LINES).map(({ line, text }) => oneLine(`  ${where}:${line}: ${text}`)),
        ...(more > 0 ? [`  ${where}: ${more} more line${more === 1 ? '' : 's'}`] : []),
      ];
    }),
  ].join('\n');
}

function renderMove(
  { kind, bridge, port, before, move, manager }: Proposal,
  { width, color }: ProposalStyle,
): string {
  const who = manager === null ? '' : `${manager.name} (${manager.by})`;
  const title =
    kind === 'create'
      ? `${bridge}: a new bridge of ${who} that filters VLANs, with ${port} as its port`
      : `${bridge} is removed from ${who}, and ${port} gets back what it had`;
  const rows: [string, string][] = [move.from, ...move.vlans].flatMap((dev) =>
    whatMoves(before, dev).map(([what, text]): [string, string] => [
      dev === move.from ? what : `${dev} ${what}`,
      text,
    ]),
  );
  const size = Math.max(...rows.map(([what]) => what.length), 0);
  return [
    paint(oneLine(title), 'bold', color),
    `Moves from ${move.from} to ${move.to}:`,
    ...rows.flatMap(([what, text]) =>
      wrap(text, width - size - 4).map(
        (line, index) => `  ${(index === 0 ? what : '').padEnd(size)}  ${oneLine(line)}`,
      ),
    ),
    ...(move.vlans.length === 0
      ? []
      : [`  VLAN interfaces that stay, on top of ${move.to}: ${move.vlans.join(', ')}`]),
  ].join('\n');
}

function whatMoves(before: HostNetwork, dev: string): [string, string][] {
  const link = before.links.get(dev);
  const dns = before.linkDns.get(dev);
  const addresses = lastingAddresses(before, dev).map(
    ({ address, isDynamic }) => `${address}${isDynamic ? ' (dynamic)' : ''}`,
  );
  const routes = lastingRoutes(before, dev).map(
    ({ to, via, table }) =>
      `${to}${via === null ? '' : ` via ${via}`}${table === 'main' ? '' : ` table ${table}`}`,
  );
  return (
    [
      ['addresses', addresses.join(', ')],
      ['routes', routes.join(', ')],
      ['name servers', dns?.servers.join(', ') ?? ''],
      ['search domains', dns?.domains.join(', ') ?? ''],
      ['MAC, MTU', link === undefined ? '' : `${link.mac}, ${link.mtu}`],
    ] as [string, string][]
  ).filter(([, text]) => text !== '');
}

function renderDiff(diff: string, { color }: ProposalStyle): string {
  return diff
    .trimEnd()
    .split('\n')
    .map((line) => {
      const tone = /^(---|\+\+\+)/.test(line)
        ? 'bold'
        : line.startsWith('+')
          ? 'good'
          : line.startsWith('-')
            ? 'bad'
            : 'plain';
      return paint(oneLine(line), tone, color);
    })
    .join('\n');
}

function renderTrial({ plan, manager }: Proposal, { width }: ProposalStyle): string {
  if (plan === null || manager === null) return '';
  const { trial, start } = plan.change;
  const show = ({ command, args }: ChangeCommand): string =>
    `    ${oneLine(shellCommand([command, ...args]))}`;
  return [
    ...wrap(
      'The files above are written when you confirm. Until then the same configuration is in /run, which a reboot empties:',
      width,
    ),
    ...trial.map(({ path, over }) => oneLine(`    ${path}${over === null ? '' : `, in place of ${over}`}`)),
    'It is made with:',
    ...start.map(show),
  ].join('\n');
}
