import { describe, expect, test } from 'vitest';
import { prepareAct } from '../decide-acts.ts';
import { MUTATIONS } from '../mutations/registry.ts';
import { recordedReleases } from '../testing/recorded-releases.ts';
import { pullRequestSchema, pullResponseSchema, pushResponseSchema } from './messages.ts';
import { wireMutationSchema } from './mutation.ts';

const RELEASES = recordedReleases();

describe.each(RELEASES)('[SY13] what release $release sent', ({ pushes, pullRequest, answers }) => {
  test.each(pushes.map(({ mutation }) => mutation))('act $n, $name, is still understood', (mutation) => {
    const { name, version, args } = wireMutationSchema.parse(mutation);
    expect(prepareAct(name, version, args)).not.toHaveProperty('code');
  });

  test('its pull is still understood, and so are the answers it was given', () => {
    expect(pullRequestSchema.safeParse(pullRequest).error).toBeUndefined();
    expect(pushResponseSchema.safeParse(answers.push).error).toBeUndefined();
    expect(pullResponseSchema.safeParse(answers.pull).error).toBeUndefined();
  });
});

test('[SY13] every act there is, is recorded in the version it has (see testing/recorded-releases.ts)', () => {
  const recorded = new Set(
    RELEASES.flatMap(({ pushes }) => pushes.map(({ mutation: { name, version } }) => `${name} ${version}`)),
  );
  const missing = [...MUTATIONS].map(([name, { version }]) => `${name} ${version}`).filter((act) => !recorded.has(act));
  expect(missing).toEqual([]);
});
