import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS } from '#schema/errors.ts';
import { MUTATIONS } from '#schema/mutations/registry.ts';
import { en } from './en.ts';

const mutations = new URL('../../../shared-schema/src/mutations/', import.meta.url);

/** Codes that acts refuse or flag with, read off their source: a new one without words would reach the counter as code. */
function codesOfActs(): string[] {
  const paths = readdirSync(mutations, { recursive: true, encoding: 'utf8' }).filter((path) => /(?<!\.test)\.ts$/.test(path));
  const sources = paths.map((path) => readFileSync(new URL(path, mutations), 'utf8'));
  return sources.flatMap((source) =>
    [...source.matchAll(/(?:refuse\(\s*|code: )'([a-z_]+)'/g)].flatMap((match) => match[1] ?? []),
  );
}

test('every refusal, flag and server error has plain words', () => {
  const codes = new Set([...codesOfActs(), ...Object.keys(ERRORS)]);
  expect([...codes].filter((code) => !Object.hasOwn(en, `problem.${code}`))).toEqual([]);
});

test('every act has a name that people understand', () => {
  expect([...MUTATIONS.keys()].filter((name) => !Object.hasOwn(en, `act.${name}`))).toEqual([]);
});
