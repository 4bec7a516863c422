import type { Machine } from './machine';

/** What AppArmor refused anybody since the machine booted. */
export async function denials(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run('journalctl --dmesg --quiet --output=cat | grep DENIED');
  return stdout.split('\n').filter((line) => line !== '');
}
