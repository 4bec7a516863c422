import type { Facts, FrameFacts } from './facts';
import type { Finding } from './finding';
import { checkBridgedFrames } from './items/bridged_frames';
import { checkChange } from './items/change';
import { checkConfs } from './items/confs';
import { checkGuestPorts } from './items/guest_ports';
import { checkHooks } from './items/hooks';
import { checkKvm } from './items/kvm';
import { checkLibvirtVlans } from './items/libvirt_vlans';
import { checkManagers } from './items/manager';
import { checkNetwork } from './items/network';
import { checkRepair } from './items/repair';
import { checkRoutes } from './items/routes/routes';
import { checkScripts } from './items/scripts';
import { checkSecurity } from './items/security';
import { checkSnapshot } from './items/snapshot';
import { checkSwitches } from './items/switches';
import { checkTools } from './items/tools';
import { checkTrunks } from './items/trunks';

/** Runs all checks on the facts, in the order of the report. */
export function runItems(facts: Facts): Finding[] {
  return [
    checkTools,
    checkHooks,
    checkSnapshot,
    checkScripts,
    checkSecurity,
    checkConfs,
    checkChange,
    checkSwitches,
    checkGuestPorts,
    checkLibvirtVlans,
    checkManagers,
    checkRepair,
    checkBridgedFrames,
    checkNetwork,
    checkTrunks,
    checkRoutes,
    checkKvm,
  ].flatMap((check) => check(facts));
}

/** Runs the checks that are about frames: what can keep them from guests. */
export function runFrameItems(facts: FrameFacts): Finding[] {
  return [
    checkSwitches,
    checkGuestPorts,
    checkLibvirtVlans,
    checkBridgedFrames,
    checkNetwork,
    checkTrunks,
  ].flatMap((check) => check(facts));
}
