/** Whether an IPv4 address is in the network of another one with its prefix, `192.0.2.10/24`. */
export function isInPrefix4(address: string, network: string): boolean {
  const [base = '', length = '32'] = network.split('/');
  const [a, b] = [toNumber(address), toNumber(base)];
  // Shifts take the length modulo 32.
  const size = 2 ** (32 - Number(length));
  return Math.floor(a / size) === Math.floor(b / size);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}
