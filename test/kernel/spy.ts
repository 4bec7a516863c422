import type { Kernel } from './kernel';
import { PULSE } from './stream';
import { succeed } from './succeed';

const FOLDER = '/run/spy';

/**
 * To stand before a command: it then finds the spies of installSpies() instead of `bridge` and `ip`, in a mount namespace
 * of its own, as ours go by the system's folders before any PATH.
 */
export const SPIED = `${FOLDER}/run ${FOLDER}`;

/** The same, and each command of a batch gets a process of its own, and time for frames that flow, see stream.ts. */
export const SLOWLY = `${FOLDER}/run ${FOLDER}/slow`;

/** `bridge` and `ip` that write down what they are told, and have the real ones do it. */
export async function installSpies(kernel: Kernel): Promise<void> {
  for (const tool of ['bridge', 'ip']) {
    const real = `${FOLDER}/real/${tool}`;
    // Few processes: each costs as much as what it watches.
    const spy = `#!/bin/sh
case "$*" in *-batch*) ;; *) echo "${tool} $*" >>${FOLDER}/told; exec ${real} "$@" ;; esac
input=$(cat)
told() { while read -r line; do echo "${tool} $line"; done; }
told >>${FOLDER}/told <<END
$input
END
[ -n "$SLOWLY" ] || exec ${real} "$@" <<END
$input
END
while read -r line; do
  case $1 in -j) ${real} -j $line ;; *) ${real} $line ;; esac || exit
  [ -e ${PULSE} ] && read -r before <${PULSE} || continue
  until read -r sent <${PULSE} && [ "$sent" -gt $((before + 5)) ]; do sleep 0.01; done
done <<END
$input
END
`;
    const slow = spy.replace('\n', '\nSLOWLY=1\n');
    const copy = `cp "$(readlink -f "$(command -v ${tool})")" ${real}`;
    await succeed(kernel, `mkdir -p ${FOLDER}/real ${FOLDER}/slow; ${copy}`);
    await install(kernel, `${FOLDER}/${tool}`, spy);
    await install(kernel, `${FOLDER}/slow/${tool}`, slow);
  }
  // Its first argument is the folder of the spies.
  const mount = 'mount --bind "$1/bridge" "$bridge" && mount --bind "$1/ip" "$ip"';
  await install(
    kernel,
    `${FOLDER}/run`,
    `#!/bin/sh
export bridge="$(readlink -f "$(command -v bridge)")" ip="$(readlink -f "$(command -v ip)")"
exec unshare --mount sh -c '${mount} && unset bridge ip && shift && exec "$@"' sh "$@"
`,
  );
}

async function install(kernel: Kernel, path: string, text: string): Promise<void> {
  await succeed(kernel, `cat >${path}; chmod 755 ${path}`, { stdin: text });
}

/** All that the tools were told since the last time somebody asked. */
export async function toldTools(kernel: Kernel): Promise<string[]> {
  const told = await succeed(kernel, `touch ${FOLDER}/told; cat ${FOLDER}/told; rm ${FOLDER}/told`);
  return told.split('\n').filter((line) => line !== '');
}

/** The commands among them that do more than ask. */
export async function toldToChange(kernel: Kernel): Promise<string[]> {
  const told = await toldTools(kernel);
  return told.filter((line) => / (add|del|set|change|replace|append) /.test(line));
}

/** What the kernel tells everybody of VLANs that change while `act` runs: a line for each. */
export async function announced(kernel: Kernel, act: () => Promise<unknown>): Promise<string[]> {
  // Changes of another bridge's VLANs show that the monitor listens, and at the end that it has told all.
  const sound = (vid: string) => `bridge vlan add dev sound vid ${vid} self`;
  const file = `${FOLDER}/announced`;
  await succeed(
    kernel,
    `bridge monitor all >${file} & echo $! >${FOLDER}/monitor
     ip link add sound type bridge
     until grep -q sound ${file}; do ${sound('$((vid += 2))')}; sleep 0.05; done`,
  );
  await act();
  const all = await succeed(
    kernel,
    `${sound('4000')}; until grep -q 'sound *4000' ${file}; do sleep 0.05; done
     kill "$(cat ${FOLDER}/monitor)"; ip link del sound; cat ${file}`,
  );
  return all.split('\n').filter((line) => line.includes('[VLAN]') && !line.includes('sound'));
}
