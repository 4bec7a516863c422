import { Hooks, isRoot, sh } from './hooks';

/** Only root can have a /run/kvmvlan of its own. */
const forRoot = isRoot ? test.concurrent.each : test.concurrent.skip.each;

/** A daemon that calls its hook, and is in the list of those that do not know all hooks, as another one is. */
const DAEMON = `mkdir -p /run/kvmvlan; mount -t tmpfs none /run/kvmvlan
  printf '%s\\n' "$$ 7 libvirtd" "1$$ 7 virtqemud" >/run/kvmvlan/reload-needed
  "$@"; status=$?
  sed "s/$$/PID/" /run/kvmvlan/reload-needed >&2
  exit $status`;

forRoot([
  ['reload', ['-', 'reload', 'begin', 'SIGHUP'], '1PID 7 virtqemud\n'],
  ['start', ['-', 'start', '-', 'start'], 'PID 7 libvirtd\n1PID 7 virtqemud\n'],
])('a daemon knows all hooks after its reload: %s', async (operation, words, left) => {
  const hooks = new Hooks({ [`daemon_${operation}.d/any`]: sh('exit 0') });
  const through = ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', DAEMON, 'sh'];
  expect(await hooks.call('daemon', words, { through })).toMatchObject({ status: 0, stderr: left });
});
