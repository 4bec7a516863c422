/** The remedy for files of kvmvlan that are missing, damaged or of another version. */
export const REINSTALL = 'sudo ./install.sh   # in the checkout; or install the package again';
