import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';

/** What the built app is made from. */
const SOURCES = ['client', 'shared-schema', 'public', 'vite.config.ts', 'package-lock.json'];

/** Builds the PWA into `dist` when it is missing or older than what it is made from. */
export async function buildClientIfStale(projectFolder: string): Promise<void> {
  // Written last, so a build that was cut short counts as none.
  const built = path.join(projectFolder, 'dist', 'sw.js');
  if (existsSync(built) && statSync(built).mtimeMs > newestOf(SOURCES.map((name) => path.join(projectFolder, name)))) return;
  await build({ configFile: path.join(projectFolder, 'vite.config.ts'), logLevel: 'warn' });
}

function newestOf(paths: readonly string[]): number {
  let newest = 0;
  for (const one of paths) {
    if (!existsSync(one)) continue;
    const stat = statSync(one);
    newest = Math.max(newest, stat.isDirectory() ? newestOf(readdirSync(one).map((name) => path.join(one, name))) : stat.mtimeMs);
  }
  return newest;
}
