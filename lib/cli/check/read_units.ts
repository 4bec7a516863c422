import type { CheckIo } from './check_io';

/** Whether a unit has a line of the output of `systemctl show`: `ActiveState=active`. */
export type HasState = (unit: string, line: string) => boolean;

/** Reads the states of units; null: systemd does not run, or does not answer. */
export async function readUnits(io: CheckIo, units: readonly string[]): Promise<HasState | null> {
  const shown = await io.plugin.exec('systemctl', [
    'show',
    '--property=Id,ActiveState,UnitFileState',
    ...units,
  ]);
  if (!shown.ok) return null;
  const states = shown.stdout.split(/\n\n+/).map((block) => block.split('\n'));
  return (unit, line) => states.some((lines) => lines.includes(`Id=${unit}`) && lines.includes(line));
}
