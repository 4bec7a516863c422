import type { DispatchSkip } from '../model/conf/dispatch_verdict';

/** Why a script is not run. This is not an error. */
export type Skip =
  /** Its name is that of a hidden file, or of a file that an editor or package manager left behind. */
  | { readonly code: 'left-behind' }
  | { readonly code: 'folder' }
  | { readonly code: 'masked'; readonly by: 'link' | 'empty' }
  | { readonly code: 'name-not-utf8' }
  | { readonly code: 'unreadable'; readonly why: string }
  | { readonly code: 'not-a-file' }
  | { readonly code: 'not-executable' }
  | { readonly code: DispatchSkip }
  /** It is guest_routes, and this host does not use it. The hook does not log that. */
  | { readonly code: 'routes-nothing' }
  | { readonly code: 'hook-ended' }
  /** @property script the name of the one that failed */
  | { readonly code: 'after-failure'; readonly script: string };

/** The reason in words, for logs and commands. */
export function describeSkip(skip: Skip): string {
  switch (skip.code) {
    case 'left-behind':
      return 'hidden, or left behind by an editor or package manager';
    case 'folder':
      return 'a folder';
    case 'masked':
      return skip.by === 'link' ? 'masked: a link to /dev/null' : 'masked: empty';
    case 'name-not-utf8':
      return 'its name is not UTF-8; rename it';
    case 'unreadable':
      return `cannot be read: ${skip.why}`;
    case 'not-a-file':
      return 'not a regular file';
    case 'not-executable':
      return 'not executable; run `chmod +x` to enable it';
    case 'disabled':
      return 'dispatch.conf disables it';
    case 'other-guests':
      return 'dispatch.conf runs it only for other guests';
    case 'routes-nothing':
      return 'nothing is routed on this host: guest_routes.conf has no section';
    case 'hook-ended':
      return 'the hook was terminated';
    case 'after-failure':
      return `${skip.script} failed before it`;
  }
}
