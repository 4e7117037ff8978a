import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * CPU time of an embedded database so far, all its processes, in microseconds, read from Linux's `/proc`. On a busy machine it says more than the clock.
 * Processes that ended in between are missing. Answers null where there is no `/proc`.
 */
export async function postgresCpuUs(dataDir: string): Promise<number | null> {
  const [postmaster = ''] = (await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  try {
    const pids = readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && (name === postmaster || parentOf(name) === postmaster),
    );
    return pids.reduce((sum, pid) => sum + Number(read(`/proc/${pid}/schedstat`).split(' ')[0]) / 1_000, 0);
  } catch {
    return null;
  }
}

/** The name of a process, in brackets before its state and parent, may hold anything. */
function parentOf(pid: string): string | undefined {
  return read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1];
}

/** Empty when the process has just ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
