import type { ClientEnv } from '../env.ts';
import type { KeyedStore } from '../store/keyed-store.ts';

/** Whether the step at which a tab dies still happened. */
export type DeathAt = { readonly step: number; readonly isDone: boolean };

/** The environment of a tab that dies at its n-th change of a store or a local text, before or after it: nothing of the tab happens from then on. */
export function dyingEnv(env: ClientEnv, death: DeathAt): { readonly env: ClientEnv; readonly hasDied: () => boolean } {
  let steps = 0;
  let isDead = false;
  const never = <Value>() => new Promise<Value>(() => undefined);
  const change = <Value>(make: () => Value, otherwise: () => Value): Value => {
    if (isDead) return otherwise();
    steps += 1;
    if (steps < death.step) return make();
    isDead = true;
    if (death.isDone) make();
    return otherwise();
  };
  const changing =
    <Args extends readonly unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    (...args: Args): Promise<Value> =>
      change(() => call(...args), never<Value>);
  const alive =
    <Args extends readonly unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    (...args: Args): Promise<Value> =>
      isDead ? never() : call(...args);
  const text = (call: (name: string, value: string) => void) => (name: string, value: string) =>
    change(
      () => call(name, value),
      () => undefined,
    );
  const openStore = async (name: string): Promise<KeyedStore> => {
    const store = await changing(env.openStore)(name);
    return {
      insert: changing(store.insert),
      write: changing(store.write),
      insertAll: changing(store.insertAll),
      remove: changing(store.remove),
      load: alive(store.load),
      query: alive(store.query),
      scan: alive(store.scan),
      close: alive(store.close),
    };
  };
  return {
    hasDied: () => isDead,
    env: {
      ...env,
      request: alive(env.request),
      schedule: (delayMs, task) => env.schedule(delayMs, () => !isDead && task()),
      openStore,
      removeStore: changing(env.removeStore),
      local: {
        get: env.local.get,
        set: text(env.local.set),
        note: text(env.local.note),
        remove: (name) =>
          change(
            () => env.local.remove(name),
            () => undefined,
          ),
      },
    },
  };
}
