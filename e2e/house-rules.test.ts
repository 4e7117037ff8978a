import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** Rules of the house that no linter knows. Each test lists the offenders, so that a failure says where to look. */

const root = new URL('../', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** Paths of all files below a folder, relative to the root, with `/`. */
function filesBelow(folder: string): string[] {
  const all = readdirSync(new URL(`${folder}/`, root), { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => relative(fileURLToPath(root), join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

const sources = ['client', 'sync-server', 'shared-schema', 'e2e', 'bench']
  .flatMap(filesBelow)
  .filter((path) => /\.tsx?$/.test(path));
const rootFiles = readdirSync(root).filter((name) => /\.(md|json|yml|ts)$/.test(name));
const docs = filesBelow('docs').filter((path) => path.endsWith('.md'));

/** What a file imports, as written. */
function importsOf(path: string): string[] {
  return [...read(path).matchAll(/^import\b[^;']*'([^'\n]+)';$|\bimport\('([^'\n]+)'\)/gm)].flatMap(
    (match) => match[1] ?? match[2] ?? [],
  );
}

function offenders(pattern: RegExp, isWrong: (imported: string) => boolean): string[] {
  return sources
    .filter((path) => pattern.test(path))
    .flatMap((path) =>
      importsOf(path)
        .filter(isWrong)
        .map((imported) => `${path} imports ${imported}`),
    );
}

describe('who may import whom', () => {
  test('the client imports the shared schema and never the server', () => {
    expect(
      offenders(/^client\//, (imported) => /#server|sync-server|^node:/.test(imported)).filter(
        (line) => !/\.test\.tsx? |\/testing\//.test(line),
      ),
    ).toEqual([]);
  });

  test('the server imports the shared schema and never the client', () => {
    expect(offenders(/^sync-server\//, (imported) => /#client|\/client\//.test(imported))).toEqual([]);
  });

  test('the shared schema imports zod and itself', () => {
    const inProduct = /^shared-schema\/(?!.*(\.test\.ts$|\/testing\/))/;
    expect(
      offenders(inProduct, (imported) => !imported.startsWith('.') && !imported.startsWith('#schema/') && imported !== 'zod'),
    ).toEqual([]);
  });

  test('features never import features', () => {
    const wrong = sources.flatMap((path) => {
      const own = /^client\/src\/features\/([^/]+)\//.exec(path)?.[1];
      if (!own) return [];
      return importsOf(path)
        .filter((imported) => {
          const other =
            /(?:^#client\/|\.\.\/)features\/([^/]+)\//.exec(imported)?.[1] ?? /^\.\.\/([^./][^/]*)\/[^/]+$/.exec(imported)?.[1];
          return other !== undefined && other !== own && existsSync(new URL(`client/src/features/${other}`, root));
        })
        .map((imported) => `${path} imports ${imported}`);
    });
    expect(wrong).toEqual([]);
  });

  test('only db/ and apply/ of the server hold SQL', () => {
    const holdsSql = /\b(?:select .+ from|insert into|update \w+ set|delete from)\b/i;
    const wrong = sources.filter(
      (path) =>
        /^sync-server\/src\/(?!db\/|apply\/)/.test(path) &&
        !/\.test\.ts$|\/testing\//.test(path) &&
        holdsSql.test(read(path).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
    );
    expect(wrong).toEqual([]);
  });
});

describe('purity', () => {
  test('the shared schema has no clock, randomness, environment or time zone', () => {
    const impure = /\b(?:Date\.now|new Date\(\)|Math\.random|process\.env|crypto\.|performance\.now|Intl\.|setTimeout|fetch\()/;
    expect(
      sources.filter(
        (path) => /^shared-schema\//.test(path) && !/\.test\.ts$|\/testing\//.test(path) && impure.test(withoutComments(path)),
      ),
    ).toEqual([]);
  });

  test('only config.ts and the start of a process read the environment', () => {
    const wrong = sources.filter(
      (path) =>
        /^(client|sync-server)\//.test(path) &&
        !/\.test\.tsx?$|\/testing\/|\/config\.ts$|\/start\.ts$/.test(path) &&
        /process\.env/.test(withoutComments(path)),
    );
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  test('no file is called after nothing in particular', () => {
    expect(sources.filter((path) => /(^|\/)(utils?|helpers?|common|misc|index)\.tsx?$/.test(path))).toEqual([]);
  });

  test('one idea each: no source file is longer than 400 lines', () => {
    expect(sources.filter((path) => !/\.test\.tsx?$|\/i18n\//.test(path) && read(path).split('\n').length > 400)).toEqual([]);
  });
});

describe('[L1] words', () => {
  test('neither docs nor screens claim what the product is not', () => {
    const forbidden = /\b(NF525|certified|compliant|unalterable|TSE|fiscal)\b/;
    const spoken = [
      ...rootFiles.filter((path) => path.endsWith('.md')),
      ...docs,
      ...sources.filter((path) => path.startsWith('client/src/i18n/')),
    ];
    expect(spoken.filter((path) => forbidden.test(read(path)))).toEqual([]);
  });

  test('no file names a registry host or a path of one machine', () => {
    const machine = /registry\.npmjs|\/work\/(?:main|shared|wt)|\/root\//;
    const all = [...sources, ...rootFiles, ...docs].filter((path) => path !== 'e2e/house-rules.test.ts');
    expect(all.filter((path) => machine.test(read(path)))).toEqual([]);
  });
});

function withoutComments(path: string): string {
  return read(path).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
