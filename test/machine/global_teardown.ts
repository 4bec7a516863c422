import { stopKept } from './kept_machine';

export default async function globalTeardown(): Promise<void> {
  await stopKept();
}
