import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** A part of Mantine without its style sheet looks broken, and no type says so. */
test('every Mantine part in use has its styles loaded', () => {
  const root = new URL('./', import.meta.url);
  const styles = readFileSync(new URL('styles.ts', root), 'utf8');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx$/.test(path));
  const used = new Set(
    sources.flatMap((path) =>
      [...readFileSync(new URL(path, root), 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap((match) =>
        (match[1] ?? '').split(',').map((name) => name.replace(/^\s*type\s+/, '').trim()),
      ),
    ),
  );
  const hasSheet = (part: string) => existsSync(new URL(`../../node_modules/@mantine/core/styles/${part}.css`, import.meta.url));
  const missing = [...used].filter((part) => part !== '' && hasSheet(part) && !styles.includes(`/styles/${part}.css'`));
  expect(missing).toEqual([]);
});
