import type { Machine, UpdateWindow } from "./machine.ts";
import type { PilotSetting } from "./pilotTable.ts";
import type { NamedSetting } from "./recommendation.ts";

/** Ways to choose that stand beside the advice. */
export const batchRules = ["unchanged", "source-001", "source-003", "sqrt", "linear"] as const;
export type BatchRule = (typeof batchRules)[number];

/** What is trained now, and on what. */
export interface RuleScene {
  readonly present: PilotSetting;
  readonly presentWindow: UpdateWindow;
  readonly machine: Machine;
  readonly memoryBytes: number;
  /** Of an epoch. */
  readonly examples: number;
}

/** The accumulation guide's table: micro-batches of an update by the size of a micro-batch, the rate as it is. */
function stepsByBatch(batchSize: number): number {
  if (batchSize < 4) return 4;
  return batchSize < 8 ? 2 : 1;
}

/** Micro-batches by memory, in GiB, of which as many are accumulated as make 32 examples. */
const TARGET = 32;
const byMemory: readonly (readonly [gibibytes: number, microBatch: number])[] = [
  [8, 2],
  [16, 4],
  [24, 8],
  [Number.POSITIVE_INFINITY, 16],
];

/**
 * What each rule takes: the present setting; the accumulation guide's table (4 micro-batches below batch size 4, 2
 * below 8, else 1); the table by memory with the rate in proportion to the batch; and the batch of `best` with the
 * present rate by √ and in proportion. Rules that need more examples than there are, are left out.
 */
export function rulesBeside(best: PilotSetting, scene: RuleScene): NamedSetting<BatchRule>[] {
  const { present, presentWindow, machine, memoryBytes, examples } = scene;
  const { devices, largestMicroBatch } = machine;
  const guided = { batchSize: presentWindow.batchSize, accumulationSteps: stepsByBatch(presentWindow.batchSize) };
  const listed = byMemory.find(([gibibytes]) => memoryBytes <= gibibytes * 2 ** 30)![1];
  const microBatch = Math.min(listed, 2 ** Math.floor(Math.log2(largestMicroBatch)));
  const tabled = { batchSize: microBatch, accumulationSteps: TARGET / microBatch };
  const of = ({ batchSize, accumulationSteps }: UpdateWindow) => batchSize * accumulationSteps * devices;
  const ratio = best.effectiveBatchSize / present.effectiveBatchSize;
  const scaled = (exponent: number) => ({
    ...{ ...present, effectiveBatchSize: best.effectiveBatchSize },
    learningRate: present.learningRate * ratio ** exponent,
  });
  const all: NamedSetting<BatchRule>[] = [
    { name: "unchanged", setting: present, window: presentWindow },
    { name: "source-001", setting: { ...present, effectiveBatchSize: of(guided) }, window: guided },
    {
      name: "source-003",
      setting: {
        ...{ ...present, effectiveBatchSize: of(tabled) },
        learningRate: (present.learningRate * of(tabled)) / present.effectiveBatchSize,
      },
      window: tabled,
    },
    { name: "sqrt", setting: scaled(0.5) },
    { name: "linear", setting: scaled(1) },
  ];
  return all.filter(({ setting }) => setting.effectiveBatchSize <= examples);
}
