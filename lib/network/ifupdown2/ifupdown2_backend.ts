import { fileOf, isIfupdown2 } from '../ifupdown/detect';
import { interfacesBackend } from '../ifupdown/interfaces_backend';
import { ifupdown2Change } from './ifupdown2_change';
import { ifupdown2Dialect } from './ifupdown2_dialect';

export const ifupdown2Backend = interfacesBackend({
  name: 'ifupdown2',
  dialect: ifupdown2Dialect,
  change: ifupdown2Change,

  detect({ files }, port) {
    const units = files.names('/run/systemd/units') ?? [];
    // systemd keeps a link for each active service. One of these has started the interface.
    const isActive = ['networking', `ifup@${port}`].some((unit) =>
      units.includes(`invocation:${unit}.service`),
    );
    return Promise.resolve(isIfupdown2(files) && isActive ? fileOf(files, port) : null);
  },
});
