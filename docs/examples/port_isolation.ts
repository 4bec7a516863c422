// Keeps guests from talking to each other: their ports reach the uplink only. For qemu_start_begin.d.
//
// port_isolation.conf has a section for each guest; patterns are allowed.
//   [web*]
//   isolated = yes
import { formatConfProblem } from 'kvmvlan/model/conf/conf_problem';
import { readIni } from 'kvmvlan/model/conf/read_ini';
import { readSections } from 'kvmvlan/model/conf/read_sections';
import { yesOrNo } from 'kvmvlan/model/conf/values';
import { whyFailed } from 'kvmvlan/model/describe_end';
import { parseDomain } from 'kvmvlan/model/guest/parse_domain';
import { matchesGlob } from 'kvmvlan/text/glob';
import { pluginMain } from 'kvmvlan/plugins/main';
import type { Plugin } from 'kvmvlan/plugins/plugin';
import { Exit, KnownError } from 'kvmvlan/model/known_error';

const KEYS = { isolated: yesOrNo };

const portIsolation: Plugin = async (call, io) => {
  const ini = readIni(io.readText(call.conf, 'conf') ?? '', call.conf);
  const rules = { skipsEmpty: true, meanwhile: 'no guest starts' };
  const { sections, problems } = readSections(ini, KEYS, rules);
  const [problem] = problems;
  if (problem !== undefined) {
    throw new KnownError(
      formatConfProblem({ ...problem, hint: '' }),
      `${problem.hint} See ${call.conf}.`,
      Exit.usage,
    );
  }
  const rule = sections.find(({ section }) => matchesGlob(section.name, call.object));
  const isolated = rule?.get('isolated') ?? false;

  const ports = parseDomain(io.readInput()).interfaces.filter(
    ({ bridge, dev }) => bridge !== null && dev !== null,
  );
  for (const { dev } of ports) {
    const words = ['link', 'set', 'dev', dev ?? '', 'isolated', isolated ? 'on' : 'off'];
    if (!call.dryRun) {
      const result = await io.exec('bridge', words);
      if (!result.ok) {
        throw new KnownError(
          `port ${dev} could not be isolated: ${whyFailed(result)}`,
          `Run \`bridge ${words.join(' ')}\` by hand to see more.`,
        );
      }
    }
    io.log.info(`${call.dryRun ? 'would run' : 'ran'} bridge ${words.join(' ')}`);
  }
  const summary = `${call.object}: ${ports.length} ports ${isolated ? 'isolated' : 'not isolated'}`;
  io.log.info(summary);
  return { status: Exit.done, summary, report: { guest: call.object, isolated, ports: ports.length } };
};

void pluginMain(
  portIsolation,
  {
    name: 'port_isolation',
    summary: 'Isolates the bridge ports of a guest from each other and from those of other guests.',
    positionals: [
      { name: 'guest', required: true, describe: "the guest's name; its XML comes in on standard input" },
      { name: 'conf', required: false, describe: 'conf file' },
    ],
    takesAll: false,
    examples: [['virsh dumpxml VM1 | port_isolation VM1 --dry-run', 'show the commands, change nothing']],
  },
  __filename,
);
