import { KnownError } from '../../model/known_error';
import type { CliArgs, CliContext } from '../command';
import { offer } from './offer';
import { proposeCreate } from './propose_create';

export async function createBridge(
  bridge: string,
  port: string,
  args: CliArgs,
  context: CliContext,
): Promise<number> {
  if (!context.io.isRoot && args.dryRun !== true)
    throw new KnownError(
      'only root may create a bridge',
      `Run \`sudo kvmvlan bridge create ${bridge} --port ${port}\`. With --dry-run it does not need root.`,
    );
  return offer(await proposeCreate(bridge, port, args.providerAllowsMacs === true, context), args, context);
}
