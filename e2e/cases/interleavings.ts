/** Orders in which the acts of some tablets can reach the server: every tablet's own acts keep their order (SY8). */

/** Every merge of sequences of these lengths, as indexes of sequences, when there are at most `max`; else `max` of them at random. */
export function interleavings(lengths: readonly number[], max: number, random: () => number): number[][] {
  if (countInterleavings(lengths) <= max) return everyInterleaving(lengths);
  return Array.from({ length: max }, () => randomInterleaving(lengths, random));
}

/** How many merges there are: the multinomial of the lengths. */
export function countInterleavings(lengths: readonly number[]): number {
  let [count, placed] = [1, 0];
  for (const length of lengths)
    for (let i = 1; i <= length; i += 1) {
      placed += 1;
      // Exact at every step: the product of `i` consecutive numbers is divisible by i!.
      count = (count * placed) / i;
    }
  return count;
}

function everyInterleaving(lengths: readonly number[]): number[][] {
  if (lengths.every((length) => length === 0)) return [[]];
  return lengths.flatMap((length, first) =>
    length === 0 ? [] : everyInterleaving(lengths.with(first, length - 1)).map((rest) => [first, ...rest]),
  );
}

/** Each merge with the same likelihood: the next act is one of all that are left. */
function randomInterleaving(lengths: readonly number[], random: () => number): number[] {
  const left = [...lengths];
  const order: number[] = [];
  for (let total = left.reduce((sum, one) => sum + one, 0); total > 0; total -= 1) {
    let at = Math.floor(random() * total);
    const next = left.findIndex((count) => {
      if (at < count) return true;
      at -= count;
      return false;
    });
    left[next] = (left[next] ?? 0) - 1;
    order.push(next);
  }
  return order;
}
