import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** The numeric account a database program runs as; `undefined` elsewhere means "as this process". */
export interface Account {
  uid: number;
  gid: number;
}

/** How a database program is started: never with our environment (a stray PGDATA or LD_PRELOAD must not reach it), never in our folder. */
export function spawnOptions(account: Account | undefined) {
  // Windows programs do not start without SystemRoot, so only Unix gets the bare environment.
  const environment =
    process.platform === 'win32' ? {} : { env: { TZ: 'UTC', LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' }, cwd: '/' };
  return { ...environment, ...account, windowsHide: true };
}

/** The result of a finished program: its exit code (`null` when it could not start or was killed) and what it printed. */
export interface RunResult {
  code: number | null;
  output: string;
}

/** Runs a short program as `account` and waits for its end; a failure is a value, since callers probe with it. */
export async function runAs(
  account: Account | undefined,
  file: string,
  args: readonly string[],
  timeoutMs = 120_000,
): Promise<RunResult> {
  try {
    const { stdout, stderr } = await execFileAsync(file, [...args], { ...spawnOptions(account), timeout: timeoutMs });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const failure = error as { code?: unknown; stdout?: string; stderr?: string; message: string };
    const printed = (failure.stdout ?? '') + (failure.stderr ?? '');
    return { code: typeof failure.code === 'number' ? failure.code : null, output: printed === '' ? failure.message : printed };
  }
}

/** Whether `account` can enter `folder` and write in it, asked of the system itself so that ACLs and mounts count too. */
export async function canUseFolder(account: Account | undefined, folder: string): Promise<boolean> {
  if (account === undefined) return true;
  const probe = await runAs(account, '/bin/sh', ['-c', 'test -d "$1" && test -w "$1" && test -x "$1"', 'probe', folder]);
  return probe.code === 0;
}
