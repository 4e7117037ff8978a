import { expect, test } from 'vitest';
import { Watchers } from './watchers.ts';

const rethrow = (error: unknown) => {
  throw error;
};
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a shared reading is made once for all, and nobody is told what was so before they came', async () => {
  const watchers = new Watchers();
  const answers: ((value: number) => void)[] = [];
  const watch = watchers.share(['outbox'], () => new Promise<number>((resolve) => answers.push(resolve)), rethrow);
  const told: string[] = [];
  const stopFirst = watch((value) => told.push(`first ${value}`));
  const stopSecond = watch((value) => told.push(`second ${value}`));
  answers[0]?.(1);
  await settled();
  expect(told).toEqual(['first 1']);
  answers[1]?.(2);
  await settled();
  expect(told).toEqual(['first 1', 'first 2', 'second 2']);
  watchers.tell('outbox');
  expect(answers).toHaveLength(3);
  stopFirst();
  stopSecond();
  answers[2]?.(3);
  await settled();
  watchers.tell('outbox');
  expect([told.length, answers.length]).toEqual([3, 3]);
});
