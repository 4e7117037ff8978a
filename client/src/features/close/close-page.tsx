import { Loading } from '../../ui/states.tsx';

/** Being written. */
export function ClosePage() {
  return <Loading />;
}
