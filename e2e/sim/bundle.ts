import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A change to one place of the product's source, made only in a bundle. */
export interface SourceChange {
  /** Path from the project's root. */
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * Bundles the simulation's worker with the product under it, optionally with changes planted; answers the file to run. Throws when a change does not
 * fit its file any more.
 */
export async function bundleWorker(name: string, changes: readonly SourceChange[] = []): Promise<string> {
  // Below the packages, so that it finds them.
  const outfile = path.join(ROOT, 'node_modules', '.cache', 'sim', `${name}.mjs`);
  await build({
    entryPoints: [path.join(ROOT, 'e2e/sim/worker.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outfile,
    logLevel: 'silent',
    plugins: [planting(changes)],
  });
  return outfile;
}

function planting(changes: readonly SourceChange[]): Plugin {
  const byFile = new Map<string, SourceChange[]>();
  for (const change of changes) {
    const file = path.join(ROOT, change.file);
    byFile.set(file, [...(byFile.get(file) ?? []), change]);
  }
  return {
    name: 'planting',
    setup: (bundling) => {
      bundling.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
        const planned = byFile.get(file);
        if (!planned) return undefined;
        let contents = await readFile(file, 'utf8');
        for (const { find, replace } of planned) {
          const places = contents.split(find).length - 1;
          if (places !== 1) throw new Error(`${path.relative(ROOT, file)} has ${places} places like: ${find}`);
          contents = contents.replace(find, () => replace);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}
