/** By what a DHCP server recognizes a host; null: there is no lease, or it is not known. */
export interface LeaseIds {
  /** `01:52:54:00:aa:bb:cc` */
  readonly clientId: string | null;
  readonly duid: string | null;
  readonly iaid: string | null;
}

/** The fields of `nmcli device show` that parseLeaseIds() reads. */
export const SHOW_LEASE = ['-t', '-e', 'no', '-f', 'DHCP4,DHCP6', 'device', 'show'];

/** Parses `DHCP4.OPTION[1]:dhcp_client_identifier = 01:52:…`. */
export function parseLeaseIds(stdout: string): LeaseIds {
  const option = (family: string, name: string): string | null =>
    stdout
      .split('\n')
      .map((line) => /^(DHCP[46])\.OPTION\[\d+\]:(\S+) = (.*)$/.exec(line) ?? [])
      .find(([, of, is]) => of === family && is === name)?.[3] ?? null;
  return {
    clientId: option('DHCP4', 'dhcp_client_identifier'),
    duid: option('DHCP6', 'dhcp6_client_id'),
    iaid: option('DHCP6', 'iaid'),
  };
}
