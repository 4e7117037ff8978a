import { readdir, readFile } from 'node:fs/promises';
import { runAs } from './run-as.ts';

/** A live process as the system lists it. `startedAt` is opaque: it only tells a process from a later one with the same pid. */
export interface ProcessInfo {
  pid: number;
  startedAt: string;
  /** The command line, arguments joined by spaces; empty for kernel threads. */
  command: string;
}

/**
 * The live processes of this machine (or container); zombies are left out, because a container without an init never reaps
 * them and their pid would look alive for ever. Reads /proc where there is one (slim images have no `ps`), else asks `ps`.
 * Command lines are used, not /proc/<pid>/cwd: root without CAP_SYS_PTRACE (a default container) may not read the latter.
 */
export async function listProcesses(): Promise<ProcessInfo[]> {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux') return listWithPs();
  const names = await readdir('/proc');
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))));
  return found.filter((entry) => entry !== undefined);
}

/** One live process by its pid, or `undefined` when it is gone or a zombie. */
export async function findProcess(pid: number): Promise<ProcessInfo | undefined> {
  if (process.platform === 'linux') return readProcess(pid);
  return (await listProcesses()).find((entry) => entry.pid === pid);
}

async function readProcess(pid: number): Promise<ProcessInfo | undefined> {
  try {
    const [stat, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // proc(5): the name in parentheses may hold anything, so the fields count from the last ")"; state is the 3rd, starttime the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0] ?? '';
    if (state === 'Z' || state === 'X') return undefined;
    return { pid, startedAt: fields[19] ?? '', command: commandLine.split('\0').join(' ').trim() };
  } catch {
    // It ended between the listing and the reading.
    return undefined;
  }
}

async function listWithPs(): Promise<ProcessInfo[]> {
  const { output } = await runAs(undefined, '/bin/ps', ['-A', '-ww', '-o', 'pid=,stat=,lstart=,command=']);
  const processes: ProcessInfo[] = [];
  for (const line of output.split('\n')) {
    const match = /^\s*(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s*(.*)$/.exec(line);
    if (!match || match[2]?.startsWith('Z')) continue;
    processes.push({ pid: Number(match[1]), startedAt: match[3] ?? '', command: match[4] ?? '' });
  }
  return processes;
}
