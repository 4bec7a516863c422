import { startProgram } from '../lib/boot/start_program';
import { kvmvlan } from './bin/kvmvlan';
import { daemon } from './daemon';
import { bridge_init } from './daemon_start.d/bridge_init';
import { libxl } from './libxl';
import { lxc } from './lxc';
import { network } from './network';
import { qemu } from './qemu';
import { guest_routes } from './qemu_start_begin.d/guest_routes';
import { vlan_filtering } from './qemu_start_begin.d/vlan_filtering';
import { preload } from '../lib/boot/preload';

startProgram(
  { daemon, qemu, network, lxc, libxl, bridge_init, vlan_filtering, guest_routes, kvmvlan },
  __filename,
  preload,
);
