import type { Exec } from '../../model/io';
import { ETHERTYPE, ICMPV6 } from '../../model/routes/neighbour_frames';
import { runProgram, type Programs } from './run_program';

/** What was heard, or why nothing could be sent. */
export type Exchange =
  | { readonly heard: readonly Uint8Array[]; readonly why: null }
  | { readonly heard: null; readonly why: string };

/** In a flood of frames it takes longer, and is then given up. */
const TIMEOUT_MS = 3000;

/**
 * What is listened to: an Ethernet type, and a filter in which each instruction has four numbers (struct sock_filter). All
 * of ARP; of IPv6, only ICMPv6, as other traffic could fill the buffer: it compares the next header, byte 20 of the frame.
 */
const LISTEN = [
  [ETHERTYPE.arp, [6, 0, 0, 128]],
  [ETHERTYPE.ipv6, [0x30, 0, 0, 20], [0x15, 0, 1, ICMPV6], [6, 0, 0, 128], [6, 0, 0, 0]],
].map((filter) => filter.flat().join(' '));

/**
 * Each sends the lines of its standard input, a frame in hexadecimal digits, twice on the interface with the index in its
 * first argument, and prints what it hears meanwhile in the same way. perl has no constants without its modules: 17 is
 * AF_PACKET, 3 SOCK_RAW, 1 SOL_SOCKET, 26 SO_ATTACH_FILTER, and the packed fields are struct sockaddr_ll (packet(7)) and
 * struct sock_fprog. Kinds from 3 on are frames for others, which include those of VLANs that the interface is not in.
 */
const PROGRAMS: Programs = [
  [
    'perl',
    '-e',
    `my ($index, $wait, @listen) = @ARGV;
my @frames = map { chomp; pack("H*", $_) } <STDIN>;
my $all = "";
my @sockets = map {
  my ($protocol, @filter) = split(" ");
  my $code = pack("(SCCL)*", @filter);
  socket(my $socket, 17, 3, 0) or die("socket: $!\\n");
  setsockopt($socket, 1, 26, pack("S x![P] P", @filter / 4, $code)) or die("filter: $!\\n");
  bind($socket, pack("SnlSCCx8", 17, $protocol, $index, 0, 0, 0)) or die("bind: $!\\n");
  vec($all, fileno($socket), 1) = 1;
  $socket;
} @listen;
my $to = pack("SnlSCCx8", 17, 0, $index, 0, 0, 0);
for (1, 2) {
  for (@frames) { send($sockets[0], $_, 0, $to) // die("send: $!\\n"); }
  my $left = $wait;
  while ($left > 0) {
    (undef, $left) = select(my $ready = $all, undef, undef, $left);
    for my $socket (grep { vec($ready, fileno($_), 1) } @sockets) {
      my $from = recv($socket, my $frame, 128, 0) // die("recv: $!\\n");
      my $kind = (unpack("SnlSC", $from))[4];
      print(unpack("H*", $frame), "\\n") if $kind < 3;
    }
  }
}
`,
  ],
  [
    'python3',
    '-c',
    `import ctypes, select, socket, struct, sys, time
name, wait = socket.if_indextoname(int(sys.argv[1])), float(sys.argv[2])
frames = [bytes.fromhex(line) for line in sys.stdin]
def listen(text):
    protocol, *code = map(int, text.split())
    count = len(code) // 4
    code = ctypes.create_string_buffer(struct.pack('=' + 'HBBI' * count, *code))
    found = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    found.setsockopt(socket.SOL_SOCKET, 26, struct.pack('HP', count, ctypes.addressof(code)))
    found.bind((name, protocol))
    return found
sockets = [listen(text) for text in sys.argv[3:]]
for _ in range(2):
    for frame in frames: sockets[0].sendto(frame, (name, 0))
    end = time.monotonic() + wait
    while time.monotonic() < end:
        for ready in select.select(sockets, [], [], max(0, end - time.monotonic()))[0]:
            frame, (_, _, kind, *_) = ready.recvfrom(128)
            if kind < 3: print(frame.hex())
`,
  ],
];

/**
 * Sends Ethernet frames twice through an interface, by its index, and hears ARP and ICMPv6 there.
 *
 * @param wait seconds after each of the two times
 */
export async function exchangeFrames(
  exec: Exec,
  index: number,
  frames: readonly Uint8Array[],
  wait: number,
): Promise<Exchange> {
  const args = [String(index), String(wait), ...LISTEN];
  const { stdout, why } = await runProgram(exec, PROGRAMS, args, frames, { timeoutMs: TIMEOUT_MS });
  if (stdout === null) return { heard: null, why };
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { heard: lines.map((line) => Uint8Array.from(Buffer.from(line, 'hex'))), why: null };
}
