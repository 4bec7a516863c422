import { KnownError } from '../../model/known_error';
import type { BackendIo } from '../backend';
import { cloudInitOff, isOfCloudInit } from '../cloud_init';
import { readInterfaces } from '../ifupdown/read_interfaces';
import { getValue, parseKeyfile } from './keyfile';
import { parseLeaseIds, SHOW_LEASE } from './lease_ids';
import type { NmState } from './nm_state';
import {
  fileInEtc,
  LIST_PROFILES,
  parseProfileList,
  storedProfile,
  type StoredProfile,
} from './stored_profile';

/** All that a change of a port's profiles needs to know. Throws KnownError. */
export async function snapshotNm(io: BackendIo, port: string): Promise<NmState> {
  const { files, exec } = io;
  const profiles = await readStoredProfiles(io);
  const profile = profiles.find(({ device }) => device === port);
  if (profile === undefined)
    throw new KnownError(
      `NetworkManager uses no profile for ${port}`,
      `Look at \`nmcli device show ${port}\`, and activate its profile.`,
    );
  const lease = await exec('nmcli', [...SHOW_LEASE, port]);
  const config = await exec('NetworkManager', ['--print-config']);
  const version = await exec('nmcli', ['--version']);
  const index = files.text(`/sys/class/net/${port}/ifindex`)?.trim() ?? '';
  const device = parseKeyfile(files.text(`/run/NetworkManager/devices/${index}`) ?? '');
  return {
    profile,
    profiles,
    lease: parseLeaseIds(lease.ok ? lease.stdout : ''),
    metric: getValue(device, 'device', 'route-metric-default-effective'),
    config: parseKeyfile(config.ok ? config.stdout : ''),
    saved: files.text(fileInEtc(profile.file)),
    version: / (\d+\.\d+\S*)\s*$/.exec(version.stdout)?.[1] ?? null,
    interfaces: readInterfaces(files),
    cloudInit: isOfCloudInit(profile.text ?? '') ? cloudInitOff(files) : null,
  };
}

/** All profiles of NetworkManager with their files. Throws KnownError. */
export async function readStoredProfiles({ files, exec }: BackendIo): Promise<StoredProfile[]> {
  const { ok, stdout, stderr } = await exec('nmcli', LIST_PROFILES);
  if (!ok)
    throw new KnownError(
      `nmcli does not list the profiles: ${stderr.trim() || 'no answer'}`,
      'Check that NetworkManager runs: systemctl status NetworkManager',
    );
  return parseProfileList(stdout).map((listed) => storedProfile(listed, files.text(listed.file)));
}
