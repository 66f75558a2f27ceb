import type { ClassificationScores, ClassScores } from "../statistics/classification.ts";

/** A class that is rarer than this, and than half its share among equals, is drowned in the accuracy. */
const RARE = 0.05;

/** Those that occur and are drowned in the accuracy, with their numbers. */
export function rareClasses({
  classes,
  labels,
}: Pick<ClassificationScores, "classes" | "labels">): (readonly [number, ClassScores])[] {
  const limit = labels * Math.min(RARE, 0.5 / classes.length);
  return [...classes.entries()].filter(([, { support }]) => support > 0 && support < limit);
}

/** The number of the class that most labels have. */
export function commonestClass({ classes }: Pick<ClassificationScores, "classes">): number {
  return classes.reduce((best, { support }, c) => (support > classes[best]!.support ? c : best), 0);
}
