import type { Exec } from '../../model/io';
import { runProgram, type Programs, type Sender } from './run_program';

/**
 * Each sends the lines of its standard input, a frame in hexadecimal digits, on the interface with the index in its first
 * argument. perl has no constants without its modules: 17 is AF_PACKET, 3 SOCK_RAW, and the packed fields are struct
 * sockaddr_ll (packet(7)).
 */
const PROGRAMS: Programs = [
  [
    'perl',
    '-e',
    [
      'my $to = pack("SniSCCx8", 17, 0, $ARGV[0], 0, 0, 0);',
      'socket(my $socket, 17, 3, 0) or die("socket: $!\\n");',
      'while (<STDIN>) { chomp; send($socket, pack("H*", $_), 0, $to) // die("send: $!\\n"); }',
    ].join('\n'),
  ],
  [
    'python3',
    '-c',
    [
      'import socket, sys',
      'name = socket.if_indextoname(int(sys.argv[1]))',
      'sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)',
      'for line in sys.stdin: sender.sendto(bytes.fromhex(line), (name, 0))',
    ].join('\n'),
  ],
];

/** The program that `sendFrames` uses; null: there is none. */
export async function findSender(exec: Exec): Promise<Sender | null> {
  for (const [tool] of PROGRAMS) if ((await exec(tool, ['--version'])).ok) return tool;
  return null;
}

/** Sends Ethernet frames through an interface, by its index. Resolves to why it failed; null: all are sent. */
export async function sendFrames(
  exec: Exec,
  index: number,
  frames: readonly Uint8Array[],
): Promise<string | null> {
  return (await runProgram(exec, PROGRAMS, [String(index)], frames)).why;
}
