import { Exit, KnownError } from '../../model/known_error';
import type { HookCall } from '../../model/libvirt/hook_call';
import { phaseOf } from '../../model/libvirt/phases';
import { simulation } from './simulation';
import type { CliContext } from '../command';
import { findGuest } from '../../system/libvirt/find_guest';
import { networkBridge } from '../../system/libvirt/network_bridge';
import { toCall, type TypedCall } from './simulate_call';
import { simulatePhase } from './simulate_phase';
import { withTaps, withTapSettings, type ImaginaryTap } from './simulate_taps';
import { withTapNames } from './simulate_xml';

/** The operations in which a guest has its taps. */
const WITH_TAPS = ['start', 'started', 'reconnect'];

/** Simulates a phase and prints the result. Returns the exit status that the hook would have. Throws KnownError. */
export async function runSimulation(
  typed: TypedCall,
  xmlFile: string | undefined,
  json: boolean,
  { root, version, io, stdout }: CliContext,
): Promise<number> {
  const call = toCall(typed);
  const { xml, taps } = readInput(call, xmlFile, io);
  const simulated = await simulatePhase({
    root,
    call,
    xml,
    version,
    io: { ...io, exec: withTaps(io.exec, taps), readText: withTapSettings(io.readText, taps) },
  });
  const imagined = taps
    .filter(({ dev }) => dev.startsWith('vnet-sim'))
    .map(({ dev, bridge }) => (bridge === null ? dev : `${dev} in ${bridge}`));
  const note =
    imagined.length === 0
      ? []
      : [`Made-up names of taps, which libvirt would choose at the start: ${imagined.join(', ')}`];
  const all = { ...simulated, notes: [...simulated.notes, ...note] };
  stdout(json ? `${JSON.stringify({ format: 1, ...all }, null, 2)}\n` : simulation(all));
  return simulated.status;
}

function readInput(
  call: HookCall,
  xmlFile: string | undefined,
  io: CliContext['io'],
): { xml: string; taps: readonly ImaginaryTap[] } {
  const { input } = phaseOf(call);
  if (input === 'nothing') return { xml: '', taps: [] };
  if (input === 'network') {
    const xml = xmlFile === undefined ? '' : io.readText(xmlFile);
    if (xml === null)
      throw new KnownError(
        `there is no file ${xmlFile}`,
        'Save the XML of a network with `virsh net-dumpxml NETWORK >FILE`.',
        Exit.usage,
      );
    return { xml, taps: [] };
  }
  if (call.driver !== 'qemu' && xmlFile === undefined)
    throw new KnownError(
      `guests of ${call.driver} cannot be found by name, only guests of qemu`,
      'Save the XML with `virsh dumpxml GUEST >FILE`, and use --xml FILE.',
      Exit.usage,
    );
  const { xml } = findGuest(call.object, xmlFile, io);
  return WITH_TAPS.includes(call.operation)
    ? withTapNames(xml, (name) => networkBridge(name, io))
    : { xml, taps: [] };
}
