import type { HostIo, Log } from '../model/io';
import { exec } from './process/exec';
import { folderStamp } from './files/folder_stamp';
import { later } from './process/later';
import { lockBridges } from './files/lock';
import { readConfText } from './files/read_conf_text';
import { readFolder } from './files/read_folder';
import { readText } from './files/read_text';
import { watchFolder } from './files/watch_folder';
import { writeText } from './files/write_text';

/** Access to the real host. */
export function realIo(log: Log, readInput: () => string): HostIo {
  return {
    exec,
    log,
    readText: (path, kind) => (kind === 'conf' ? readConfText(path) : readText(path)),
    writeText,
    readFolder,
    folderStamp,
    watch: watchFolder,
    readInput,
    lock: () => lockBridges(exec),
    isRoot: process.geteuid?.() === 0,
    now: () => Number(process.hrtime.bigint()) / 1e6,
    sleep: later,
  };
}
