import type { Dataset } from "../src/data/dataset.ts";
import { rankingScores } from "../src/statistics/ranking.ts";
import type { Inspection } from "../src/store/inspection.ts";
import { random } from "../src/tensor/random.ts";

export interface Planted {
  readonly data: Dataset;
  /** Whether the label of each example was changed. */
  readonly wrong: readonly boolean[];
}

/**
 * The same examples, of which exactly a share `noise` has another label: any of the others with the same chance, or
 * where `pairs` are given that of its class's partner, if it has one. One way, only the first class of a pair gets the
 * second's label.
 */
export function plantLabels(
  clean: Dataset,
  noise: number,
  seed: number,
  pairs: readonly (readonly [number, number])[] = [],
  oneWay = false,
): Planted {
  const generator = random(seed);
  const labels = clean.labels.slice();
  const partner = new Map(pairs.flatMap(([a, b]) => [[a, b], ...(oneWay ? [] : [[b, a] as const])]));
  for (const i of generator.permutation(clean.size).subarray(0, Math.round(noise * clean.size))) {
    const other =
      pairs.length > 0 ? labels[i]! : (labels[i]! + 1 + generator.integer(clean.classes - 1)) % clean.classes;
    labels[i] = partner.get(labels[i]!) ?? other;
  }
  const data: Dataset = {
    ...clean,
    labels,
    async read(indices, batch, draw) {
      await clean.read(indices, batch, draw);
      const y = batch.y!.data as BigInt64Array;
      indices.forEach((index, i) => {
        y[i] = BigInt(labels[index]!);
      });
    },
  };
  const { selected: _rows, ...own } = data;
  return { data: own, wrong: Array.from(labels, (label, i) => label !== clean.labels[i]) };
}

/** How well an inspection of exactly the planted examples, in their order, tells the changed labels from the others. */
export function foundOf({ examples, labelIssues }: Inspection, wrong: readonly boolean[]) {
  const planted = wrong.filter(Boolean).length;
  const auc = (suspicion: readonly number[]) => rankingScores(suspicion, wrong).rocAuc;
  const mostSuspect = [...examples.score.keys()].sort((a, b) => examples.score[a]! - examples.score[b]!);
  const share = (indices: readonly number[]) => indices.filter((i) => wrong[i]).length / indices.length;
  const named = labelIssues.map(({ index }) => index);
  return {
    planted,
    auc: {
      score: auc(examples.score.map((score) => -score)),
      errorNorm: auc(examples.errorNorm),
      selfInfluence: examples.selfInfluence ? auc(examples.selfInfluence) : Number.NaN,
    },
    /** Of as many of the most suspect as were planted, the share that was planted. */
    precisionAtPlanted: share(mostSuspect.slice(0, planted)),
    named: named.length,
    precision: share(named),
    hits: named.filter((i) => wrong[i]).length,
    recall: named.filter((i) => wrong[i]).length / planted,
  };
}
