import type { Gauge } from './exposition';

/**
 * The gauge about the daemons that call hooks. Several daemons can have one name, for example those of users' sessions:
 * then it is 1 only if all of them call the hooks. Two samples with the same labels would make the whole file invalid.
 */
export function daemonGauge<D extends { readonly name: string }>(
  daemons: readonly D[],
  knowsHooks: (daemon: D) => boolean,
): Gauge {
  const names = [...new Set(daemons.map(({ name }) => name))];
  return {
    name: 'kvmvlan_daemon_knows_hooks',
    help: 'Whether a running daemon of libvirt calls the hooks',
    samples: names.map((name) => ({
      labels: { daemon: name },
      value: Number(daemons.every((daemon) => daemon.name !== name || knowsHooks(daemon))),
    })),
  };
}
