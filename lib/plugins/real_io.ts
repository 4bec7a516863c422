import { exec } from '../system/exec';
import { folderStamp } from '../system/folder_stamp';
import { later } from '../system/later';
import { lockBridges } from '../system/lock';
import { readConfText } from '../system/read_conf_text';
import { readFolder } from '../system/read_folder';
import { readText } from '../system/read_text';
import { writeText } from '../system/write_text';
import type { Log } from '../types';
import type { PluginIo } from './plugin';

/** The outside world as it is. */
export function realIo(log: Log, readInput: () => string): PluginIo {
  return {
    exec,
    log,
    readText: (path, kind) => (kind === 'conf' ? readConfText(path) : readText(path)),
    writeText,
    readFolder,
    folderStamp,
    readInput,
    lock: () => lockBridges(exec),
    isRoot: process.geteuid?.() === 0,
    now: () => Number(process.hrtime.bigint()) / 1e6,
    sleep: later,
  };
}
