import { KnownError } from '../../model/known_error';
import type { CliArgs, CliContext } from '../command';
import { offer } from './offer';
import { proposeRemove } from './propose_remove';

export async function removeBridge(bridge: string, args: CliArgs, context: CliContext): Promise<number> {
  if (!context.io.isRoot)
    throw new KnownError('only root may remove a bridge', `Run \`sudo kvmvlan bridge remove ${bridge}\`.`);
  return offer(await proposeRemove(bridge, context), args, context);
}
