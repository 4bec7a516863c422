/** What guests use as their router, the same on all taps and on all hosts. */
export const GATEWAY = { 4: '169.254.0.1', 6: 'fe80::1' } as const;
