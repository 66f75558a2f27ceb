/**
 * Where values that fall and then rise turn: the last index of the falling part of the least-squares fit that falls up
 * to one index and rises after it (unimodal isotonic regression; Stout 2008, "Unimodal regression via prefix isotonic
 * regression"). Fitted to the ranks of the values, so that one huge value at the end weighs no more than a large one.
 * Without noise it is the index of the minimum; of several turns that fit alike, the last. It knows no window and no
 * lag. O(n log n). NaN for no values.
 */
export function turningPoint(values: readonly number[]): number {
  const ranks = ranksOf(values);
  const falling = prefixErrors(ranks.map((rank) => -rank));
  const rising = prefixErrors(ranks.toReversed().map((rank) => -rank)).reverse();
  let best = Number.NaN;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < values.length; at++) {
    const error = falling[at]! + (rising[at + 1] ?? 0);
    // Sums of squares of ranks, which are halves of whole numbers: what differs by less is rounding.
    if (error > least + 1e-6) continue;
    least = Math.min(least, error);
    best = at;
  }
  return best;
}

/** 0 for the smallest; equal values share the mean of their ranks. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let i = from; i <= to; i++) ranks[order[i]!] = (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}

/** The squared error of the best rising fit of each prefix, by pooling adjacent violators. */
function prefixErrors(values: readonly number[]): number[] {
  const blocks: { sum: number; count: number; squares: number; before: number }[] = [];
  return values.map((value) => {
    let block = { sum: value, count: 1, squares: value * value, before: 0 };
    for (let last = blocks.at(-1); last && last.sum * block.count >= block.sum * last.count; last = blocks.at(-1)) {
      block = {
        sum: last.sum + block.sum,
        count: last.count + block.count,
        squares: last.squares + block.squares,
        before: 0,
      };
      blocks.pop();
    }
    const below = blocks.at(-1);
    block.before = below ? below.before + errorOf(below) : 0;
    blocks.push(block);
    return block.before + errorOf(block);
  });
}

function errorOf({ sum, count, squares }: { sum: number; count: number; squares: number }): number {
  return squares - (sum * sum) / count;
}
