import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Door } from '../apply/door.ts';
import type { DatabaseLog } from '../db/database-log.ts';
import type { IdentityStore } from '../db/identity-store.ts';
import { RESTORED_FILE } from './copy-data.ts';

/**
 * When the data came from a copy, every pharmacy starts a new epoch before anybody is answered (SY8, SY19): its first leaf says what was restored. A start
 * that dies in between does it again: another epoch does no harm.
 */
export async function startEpochs(
  { door, identities, log }: { readonly door: Door; readonly identities: IdentityStore; readonly log: DatabaseLog },
  dataDir: string,
): Promise<void> {
  const file = path.join(dataDir, RESTORED_FILE);
  const restored = await readFile(file, 'utf8').catch(() => null);
  if (restored === null) return;
  for (const tenantId of await identities.allTenants()) await door.submit(tenantId, { kind: 'epoch' });
  await rm(file);
  log.info({ restored }, 'The data was restored: a new epoch has begun');
}
