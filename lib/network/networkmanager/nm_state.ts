import type { LeaseIds } from './lease_ids';
import type { Keyfile } from './keyfile';
import type { StoredProfile } from './stored_profile';
import type { KeptFile } from '../../model/network/network_change';

/** All that a change of NetworkManager's profiles needs to know. */
export interface NmState {
  /** The profile that the port uses. */
  readonly profile: StoredProfile;
  /** All profiles, also that one. */
  readonly profiles: readonly StoredProfile[];
  /** How the port's DHCP clients have introduced themselves. */
  readonly lease: LeaseIds;
  /** The metric of the port's routes; null: not known. */
  readonly metric: string | null;
  /** The merged NetworkManager.conf; empty: not known. */
  readonly config: Keyfile;
  /** The text in /etc of the port's profile; null: it is only in /run or in /usr/lib. */
  readonly saved: string | null;
  /** `1.42.4`; null: not known. */
  readonly version: string | null;
  /** Where ifupdown's configuration has stanzas: `eth0` in `/etc/network/interfaces`. */
  readonly interfaces: readonly { readonly name: string; readonly file: string }[];
  /** If cloud-init wrote the profile: the file that keeps it from doing so again; null: not needed. */
  readonly cloudInit: KeptFile | null;
}
