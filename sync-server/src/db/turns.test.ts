import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** Work that ends when it is told to. */
function openWork(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = async () => {
    log.push(name);
    await ended;
  };
  return { work, end };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('[SY12] a key that asks for everything leaves places to others, and waits in turn with them', async () => {
  const turns = new Turns({ places: 3, placesEach: 2 });
  const log: string[] = [];
  const ask = (name: string) => {
    const { work, end } = openWork(log, name);
    return { name, end, done: turns.take(name.charAt(0), work) };
  };
  const asked = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map(ask);
  const finish = async (name: string) => {
    asked.find((one) => one.name === name)?.end();
    await settled();
  };
  await settled();
  expect(log).toEqual(['a1', 'a2', 'b1']);
  // From now on there are others: one place each.
  await finish('a1');
  expect(log.slice(3)).toEqual(['c1']);
  await finish('b1');
  expect(log.slice(4)).toEqual(['b2']);
  await finish('c1');
  expect(log.slice(5)).toEqual([]);
  await finish('a2');
  expect(log.slice(5)).toEqual(['a3']);
  for (const { name } of asked) await finish(name);
  await Promise.all(asked.map(({ done }) => done));
  expect(log).toHaveLength(7);
});

test('[SY12] a key that has been alone for a while has its full share again', async () => {
  const turns = new Turns({ places: 3, placesEach: 2 });
  const log: string[] = [];
  await turns.take('b', async () => undefined);
  for (let i = 0; i < 64; i += 1) await turns.take('a', async () => undefined);
  const asked = ['a1', 'a2', 'a3'].map((name) => {
    const { work, end } = openWork(log, name);
    return { end, done: turns.take('a', work) };
  });
  await settled();
  expect(log).toEqual(['a1', 'a2']);
  for (const { end } of asked) end();
  await Promise.all(asked.map(({ done }) => done));
});

test('a place comes back from work that failed', async () => {
  const turns = new Turns({ places: 1, placesEach: 1 });
  await expect(
    turns.take('a', async () => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(await turns.take('b', async () => 'worked')).toBe('worked');
});

test('[SY12] never more than the places, never more than its share for a key, and everybody comes to work', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 }),
      fc.array(fc.nat()),
      async (places, placesEach, keys, order) => {
        const turns = new Turns({ places, placesEach });
        const [log, running]: [string[], Map<string, { key: string; end: () => void }>] = [[], new Map()];
        const taken = keys.map((key, i) => {
          const name = `${key}${i}`;
          const { work, end } = openWork(log, name);
          return turns.take(key, async () => {
            running.set(name, { key, end });
            await work();
            running.delete(name);
          });
        });
        for (let step = 0; log.length < keys.length || running.size > 0; step += 1) {
          await settled();
          expect(running.size).toBeLessThanOrEqual(places);
          for (const key of ['a', 'b', 'c'])
            expect([...running.values()].filter((one) => one.key === key).length).toBeLessThanOrEqual(placesEach);
          // Nobody waits without a reason.
          expect(running.size > 0 || log.length === keys.length).toBe(true);
          [...running.values()][(order[step] ?? 0) % Math.max(1, running.size)]?.end();
          await settled();
        }
        await Promise.all(taken);
      },
    ),
    { numRuns: 50 },
  );
});
