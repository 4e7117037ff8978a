import { readFile } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type Account, runAs } from './run-as.ts';

/** Accounts worth trying, best first. initdb needs one with a passwd entry, so an invented uid would not do. */
const CANDIDATES = ['postgres', '_postgres', 'nobody'];

/**
 * The account the database runs as: `undefined` (as ourselves) unless we are root, whom PostgreSQL refuses.
 * A candidate counts only when a program can really be started as it (user namespaces may map root alone).
 * @throws EmbeddedPostgresError `no_database_account`
 */
export async function findDatabaseAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accountsByName = parsePasswd(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  for (const name of CANDIDATES) {
    const account = accountsByName.get(name);
    if (account === undefined) continue;
    const probe = await runAs(account, '/bin/sh', ['-c', ':']);
    if (probe.code === 0) return account;
  }
  throw new EmbeddedPostgresError(
    'no_database_account',
    `PostgreSQL refuses to run as root, and none of the accounts ${CANDIDATES.join(', ')} can be used here. ` +
      'Start as an ordinary user, create a system account named "postgres", or set DATABASE_URL to a database of your own.',
  );
}

/** Reads passwd(5) lines into accounts by name; malformed lines and root's uid are left out. */
export function parsePasswd(text: string): Map<string, Account> {
  const accountsByName = new Map<string, Account>();
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (!name || !uid || !gid || !/^-?\d+$/.test(uid) || !/^-?\d+$/.test(gid) || Number(uid) === 0) continue;
    accountsByName.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accountsByName;
}
