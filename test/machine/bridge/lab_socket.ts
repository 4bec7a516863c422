/** The environment variable that has the path of the machine's socket. */
export const LAB_SOCKET = 'KVMVLAN_LAB_SOCKET';
