import type { CheckpointAnalysis, EvaluationFile } from "../store/schema.ts";
import type { DataVerdict, RareClassesTried } from "../store/verdicts.ts";
import { partsReading } from "./analysisReading.ts";
import { commonestClass, rareClasses } from "./rareClasses.ts";
import { reading } from "./reading.ts";

/** Whether parts of the data pull against each other: groups where they were asked for, else the mini-batches. */
export function dataVerdict(
  run: string,
  checkpoints: readonly CheckpointAnalysis[],
  analyzable: boolean = true,
): DataVerdict {
  const last = checkpoints.at(-1);
  if (!last) return { kind: "dataUnexamined", run, analyzable };
  const found = [...partsReading({ checkpoints }), ...reading({ mode: "", checkpoints })];
  for (const one of found) {
    if (one.kind === "conflicts") {
      const { first, second, cosineOfMeans: cosine } = one.worst[0]!;
      return { kind: "opposedGroups", by: last.groups!.by, found: one.found, pairs: one.pairs, first, second, cosine };
    }
    if (one.kind === "opposedClasses") {
      const { first, second, cosineOfMeans: cosine } = one.worst[0]!;
      const { classes, usual } = one;
      return { kind: "opposedClasses", first, second, cosine, classes, usual, beyondUsual: one.strength === "clear" };
    }
    if (one.kind === "opposedRows") {
      const { found, batches, cosine, p } = one;
      return { kind: "opposedBatches", run, found, batches, cosine, p };
    }
    if (one.kind === "negativeBeyondChance") return { kind: "opposedPairs", run, share: one.share, limit: one.limit };
  }
  return { kind: "noConflictSeen", batches: last.statistics.rows, groups: last.groups?.by ?? null };
}

/** Null where no class is so rare that the accuracy hardly counts it. */
export function classesVerdict(evaluation: EvaluationFile | null, tried: RareClassesTried): DataVerdict | null {
  const scores = evaluation?.classification;
  if (!scores) return null;
  const rare = rareClasses(scores).length;
  if (rare === 0) return null;
  const common = commonestClass(scores);
  const { majorityShare, accuracy } = scores;
  const name = evaluation.classNames[common] ?? String(common);
  return { kind: "unequalClasses", common: name, majorityShare, accuracy: accuracy.value, rare, tried };
}
