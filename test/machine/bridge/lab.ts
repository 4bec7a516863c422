import { join } from 'node:path';
import { install } from '../installed';
import type { Machine } from '../machine';
import { machineTests } from '../machine_tests';
import { NIC, SECOND_NIC, WIRES } from './cards';
import { LAB_FOLDER } from './lab_folder';
import { ofThisBuild } from './of_this_build';

const [first, second] = WIRES;

/** The second card is plugged in or not, from the next boot on. */
const environment = (isSecondThere: boolean): string =>
  `WIRES=${WIRES.map(({ far }) => far).join(' ')}\nSPARE=${isSecondThere ? '' : second?.near}\n`;

/**
 * The host has one network card, which nothing has configured yet, and the network outside is there: lab/lab.sh. kvmvlan is
 * installed. sshd runs, and lets root in from the client.
 */
export async function whenLabIsUp(machine: Machine): Promise<void> {
  await machine.prepared(ofThisBuild('lab'), async () => {
    await machine.copyIn(join(machineTests, 'bridge/lab'), LAB_FOLDER);
    await machine.write('/etc/kvmvlan-lab', environment(false));
    await machine.must(
      `mv ${LAB_FOLDER}/kvmvlan-lab.service /etc/systemd/system
       systemctl daemon-reload
       systemctl enable --now kvmvlan-lab.service ssh.service
       mkdir -p -m 700 /root/.ssh
       ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
       cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
       printf 'Host *\\n  StrictHostKeyChecking accept-new\\n  LogLevel ERROR\\n' >/root/.ssh/config
       [ "$(cat /sys/class/net/${NIC}/address)" = ${first?.near} ]`,
    );
    await install(machine, {});
  });
}

/** Plugs in the second network card. */
export async function plugSecondCard(machine: Machine): Promise<void> {
  await machine.write('/etc/kvmvlan-lab', environment(true));
  await machine.must(
    `ip -n lan link set spare down
     ip -n lan link set spare netns 1 name ${SECOND_NIC}`,
  );
}
