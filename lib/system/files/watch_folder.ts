import { watch } from 'node:fs';
import type { FolderWatch } from '../../model/io';
import { KnownError } from '../../model/known_error';

/** Watches a folder by inotify. Throws KnownError. */
export function watchFolder(folder: string): FolderWatch {
  let isChanged = false;
  let wake = (): void => undefined;
  const notice = (): void => {
    isChanged = true;
    wake();
  };
  try {
    const watcher = watch(folder, notice);
    // The folder was removed: what is in it now is read as usual, and the wait ends by its time.
    watcher.on('error', notice);
    return {
      changed: async (ms) => {
        if (!isChanged)
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, ms);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        isChanged = false;
      },
      close: () => watcher.close(),
    };
  } catch (error) {
    throw new KnownError(
      `cannot watch ${folder}: ${(error as Error).message}`,
      'Check that the folder exists, and `sysctl fs.inotify.max_user_instances`.',
    );
  }
}
