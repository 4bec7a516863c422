import { Machine } from './machine';

/** How long a test file may wait for the machine to boot and for other files to be done with it. */
const turnMs = 2_400_000;

/**
 * A describe() whose tests have the machine for themselves, freshly booted at first. `machine` may be called in tests and
 * in before and after hooks. Where the tier cannot run the tests are skipped; start_tier.ts has said why.
 */
export function describeMachine(
  name: string,
  body: (machine: () => Machine) => void,
  socketName = 'KVMVLAN_MACHINE_SOCKET',
): void {
  const socket = process.env[socketName];
  if (socket === undefined) {
    // jest wants a test in each file, if a skipped one.
    describe.skip(name, () => body(() => never()));
    return;
  }
  describe(name, () => {
    jest.setTimeout(900_000);
    let connected: Machine | undefined;
    beforeAll(async () => {
      connected = await Machine.connect(socket);
    }, turnMs);
    afterAll(() => connected?.close());
    body(() => connected ?? never());
  });
}

function never(): never {
  throw new Error('The machine is there in tests and in before and after hooks only');
}
