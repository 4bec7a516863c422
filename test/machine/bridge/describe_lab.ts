import { describeMachine } from '../describe_machine';
import type { Machine } from '../machine';
import { LAB_SOCKET } from './lab_socket';

/** A describe() whose tests have a machine with a network card (cards.ts) for themselves. */
export function describeLab(name: string, body: (machine: () => Machine) => void): void {
  describeMachine(name, body, LAB_SOCKET);
}
