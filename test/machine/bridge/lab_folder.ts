/** Where the programs of lab/ are in the machine. */
export const LAB_FOLDER = '/usr/local/lib/kvmvlan-lab';
