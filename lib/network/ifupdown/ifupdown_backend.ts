import { fileOf, isIfupdown2 } from './detect';
import { ifupdownChange } from './ifupdown_change';
import { ifupdownDialect } from './ifupdown_dialect';
import { interfacesBackend } from './interfaces_backend';
import { MAIN_FILE } from './read_interfaces';

export const ifupdownBackend = interfacesBackend({
  name: 'ifupdown',
  dialect: ifupdownDialect,
  change: ifupdownChange,

  async detect({ files, exec }, port) {
    if (isIfupdown2(files) || files.text(MAIN_FILE) === null) return null;
    const { ok } = await exec('ifquery', ['--state', port]);
    return ok ? (fileOf(files, port) ?? MAIN_FILE) : null;
  },
});
