import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeWorkspace } from '../testing/fake-workspace.ts';
import type { CommandResult } from '../workspace.ts';
import { useEntry } from './use-entry.ts';

afterEach(cleanup);

const workspace = new FakeWorkspace();
const saves = () => vi.fn<() => Promise<CommandResult>>(() => workspace.run('till.add', { name: 'Till' }));
const REFUSED: CommandResult = { kind: 'refused', code: 'till_missing', details: {} };

test('a second tap is no second act: neither while the first is being saved, nor before the screen shows that it is', async () => {
  const clear = vi.fn<() => void>();
  const { result } = renderHook(() => useEntry(clear));
  const tapped = result.current;
  const run = saves();
  await act(async () => {
    const first = tapped.save(run);
    expect(await tapped.save(run)).toBeNull();
    await first;
    expect(await tapped.save(run)).toBeNull();
  });
  expect(run).toHaveBeenCalledTimes(1);
  expect(clear).toHaveBeenCalledTimes(1);
  expect(result.current).toMatchObject({ number: 2, result: { kind: 'saved' } });
});

test('the next entry is saved again', async () => {
  const { result } = renderHook(() => useEntry());
  const run = saves();
  for (let time = 0; time < 2; time += 1) await act(() => result.current.save(run));
  expect(run).toHaveBeenCalledTimes(2);
});

test('what was refused, and what broke, stays and can be tried again', async () => {
  const clear = vi.fn<() => void>();
  const { result } = renderHook(() => useEntry(clear));
  await act(() => result.current.save(async () => REFUSED));
  expect(result.current).toMatchObject({ number: 1, result: REFUSED });
  await act(() => expect(result.current.save(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken'));
  expect(clear).not.toHaveBeenCalled();
  await act(() => result.current.save(saves()));
  expect(clear).toHaveBeenCalledTimes(1);
});
