import { Resolver } from 'node:dns/promises';

const TIMEOUT_MS = 2_000;

/** What a resolver reports if no server has answered; every other error is an answer. */
const SILENT = ['ETIMEOUT', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ECANCELLED'];

/** Whether a name server answers at all, be it with an error. */
export async function answersDns(server: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  try {
    resolver.setServers([server]);
    await resolver.resolveNs('.');
    return true;
  } catch (error) {
    return !SILENT.includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
