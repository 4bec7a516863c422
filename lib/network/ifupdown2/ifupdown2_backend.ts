import { fileOf, isIfupdown2 } from '../ifupdown/detect';
import { interfacesBackend } from '../ifupdown/interfaces_backend';
import { isRunning } from '../running';
import { ifupdown2Change } from './ifupdown2_change';
import { ifupdown2Dialect } from './ifupdown2_dialect';

export const ifupdown2Backend = interfacesBackend({
  name: 'ifupdown2',
  dialect: ifupdown2Dialect,
  change: ifupdown2Change,

  detect({ files }, port) {
    // One of these has started the interface.
    const isActive = ['networking', `ifup@${port}`].some((service) => isRunning(files, service));
    return Promise.resolve(isIfupdown2(files) && isActive ? fileOf(files, port) : null);
  },
});
