import { Loading } from '../../ui/states.tsx';

/** Being written. */
export function CounterPage() {
  return <Loading />;
}
