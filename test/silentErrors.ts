import type { Bound, Engine, Session } from "../src/runtime/engine.ts";
import type { TrainingFindingKind } from "../src/store/trainingFindings.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import type { TrainingOptions } from "../src/training/options.ts";

type Tensors = Readonly<Record<string, Tensor>>;

/** What happens in place of a run of a graph; `count` runs of it came before. */
export type Fault = (tensors: Tensors, run: () => Promise<void>, count: number) => Promise<void>;

/** Graphs of a training step, told apart as the loop loads them. */
export interface Faults {
  readonly update?: Fault;
  /** The first micro-batch of a window, and the others. */
  readonly first?: Fault;
  readonly others?: Fault;
  readonly evaluation?: Fault;
  readonly unscale?: Fault;
}

/** Errors of the loop's own arithmetic, which `vi.mock` puts in place of its parts. */
export type Mocked = "sampleAgain" | "skipExamples" | "countFullWindows" | "shareLoss" | "scheduleByMicroBatch";

export interface SilentError {
  readonly name: string;
  /** Of the eight that TrainCheck's authors found in the field, or of accumulation, resume and data order. */
  readonly of: "field" | "accumulation" | "resume" | "order";
  readonly faults?: Faults;
  readonly mocked?: Mocked;
  readonly options?: Partial<TrainingOptions>;
  /** Of the checkpoint that training goes on from. */
  readonly tamper?: (tensors: Map<string, Tensor>, position: Record<string, unknown>) => void;
  /** The step in which it is made first. */
  readonly from: number;
  /** Null: it is known not to be found. */
  readonly found: TrainingFindingKind | null;
}

const numbers = (tensor: Tensor | undefined) => tensor!.data as Float32Array;
const always =
  (change: (tensors: Tensors) => void): Fault =>
  async (tensors, run) => {
    change(tensors);
    await run();
  };
const gradientsIn = (tensors: Tensors) =>
  Object.entries(tensors).flatMap(([name, tensor]) => (name.startsWith("gradient:") ? [numbers(tensor)] : []));
const undone = (names: (tensors: Tensors) => readonly Tensor[]): Fault => {
  return async (tensors, run) => {
    const kept = names(tensors).map((tensor) => [numbers(tensor), numbers(tensor).slice()] as const);
    await run();
    for (const [data, before] of kept) data.set(before);
  };
};

/** Eight of the field's and twelve of accumulation, resume and order. The window is [4, 4] of 20 examples. */
export const silentErrors: readonly SilentError[] = [
  {
    name: "the optimizer steps copies of the parameters",
    of: "field",
    faults: { update: undone(({ parameter }) => [parameter!]) },
    from: 1,
    found: "frozen-parameters",
  },
  {
    name: "updates stop after the first",
    of: "field",
    faults: { update: async (_, run, count) => (count === 0 ? run() : undefined) },
    from: 2,
    found: "frozen-parameters",
  },
  {
    name: "a layer is frozen by mistake",
    of: "field",
    faults: {
      update: async ({ parameter }, run) => {
        const before = numbers(parameter).slice(0, 40);
        await run();
        numbers(parameter).set(before);
      },
    },
    from: 1,
    found: "frozen-parameters",
  },
  {
    name: "clipping reaches a part of the parameters",
    of: "field",
    faults: {
      update: always(({ sum }) => {
        for (let i = 0; i < 40; i++) numbers(sum)[i]! *= 0.1;
      }),
    },
    from: 1,
    found: "update-mismatch",
  },
  {
    name: "gradients are not set to zero",
    of: "field",
    faults: {
      first: async (tensors, run) => {
        const before = gradientsIn(tensors).map((data) => data.slice());
        await run();
        gradientsIn(tensors).forEach((data, k) => {
          for (let i = 0; i < data.length; i++) data[i]! += before[k]![i]!;
        });
      },
    },
    from: 1,
    found: "gradients-carried-over",
  },
  {
    name: "batch normalisation trains in evaluation mode",
    of: "field",
    faults: {
      first: undone((tensors) =>
        Object.entries(tensors).flatMap(([name, one]) => (name.startsWith("new:") ? [one] : [])),
      ),
      others: undone((tensors) =>
        Object.entries(tensors).flatMap(([name, one]) => (name.startsWith("new:") ? [one] : [])),
      ),
    },
    from: 1,
    found: "batch-normalisation",
  },
  {
    name: "an evaluation moves running statistics",
    of: "field",
    faults: {
      evaluation: async (tensors, run) => {
        await run();
        numbers(tensors["bn.running_mean"])[0]! += 0.1;
      },
    },
    from: 3,
    found: "batch-normalisation",
  },
  { name: "workers read the same examples", of: "field", mocked: "sampleAgain", from: 1, found: "epoch-order" },
  {
    name: "divided by the micro-batches once more",
    of: "accumulation",
    faults: { update: always(({ weight }) => (numbers(weight)[0]! *= 2)) },
    from: 1,
    found: "accumulation-divided-twice",
  },
  {
    name: "not divided at all",
    of: "accumulation",
    faults: { update: always(({ weight }) => (numbers(weight)[0] = 1)) },
    from: 1,
    found: "accumulation-divided-twice",
  },
  {
    name: "a window that the data cut counts as a full one",
    of: "accumulation",
    mocked: "countFullWindows",
    from: 3,
    found: "accumulation-divided-twice",
  },
  {
    name: "parameters are updated inside the window",
    of: "accumulation",
    faults: {
      first: async (tensors, run) => {
        await run();
        numbers(tensors["hidden.weight"])[0]! -= 1e-3;
      },
    },
    from: 1,
    found: "update-inside-window",
  },
  {
    name: "all but the last micro-batch are lost",
    of: "accumulation",
    faults: {
      others: async (tensors, run) => {
        for (const [name, tensor] of Object.entries(tensors)) if (name.startsWith("sum:")) numbers(tensor).fill(0);
        await run();
      },
    },
    from: 1,
    // The sum of two unknown gradients and one of them look alike in a single window.
    found: null,
  },
  {
    name: "momentum and weight decay by micro-batch",
    of: "accumulation",
    faults: {
      update: async (_, run) => {
        await run();
        await run();
      },
    },
    from: 1,
    found: "optimizer-state",
  },
  {
    name: "the schedule steps by micro-batch",
    of: "accumulation",
    mocked: "scheduleByMicroBatch",
    from: 2,
    found: "schedule-step",
  },
  {
    name: "the loss scale is taken out twice",
    of: "accumulation",
    options: { precision: "float16" },
    faults: {
      unscale: async (_, run) => {
        await run();
        await run();
      },
    },
    from: 1,
    found: "loss-scale",
  },
  {
    name: "the recorded loss is divided twice",
    of: "accumulation",
    mocked: "shareLoss",
    from: 1,
    found: "accumulation-divided-twice",
  },
  {
    name: "the optimizer begins anew",
    of: "resume",
    tamper: (tensors) => {
      for (const [name, tensor] of tensors) if (name.startsWith("optimizer.")) numbers(tensor).fill(0);
    },
    from: 4,
    found: "resume-mismatch",
  },
  {
    name: "the epoch begins anew",
    of: "resume",
    tamper: (_, position) => {
      position.sampler = { ...(position.sampler as object), position: 0 };
    },
    from: 4,
    found: "resume-mismatch",
  },
  { name: "an epoch leaves examples out", of: "order", mocked: "skipExamples", from: 2, found: "epoch-order" },
];

/** The engine, with errors in the runs of a training's graphs. */
export function faulty(engine: Engine, faults: Faults): Engine {
  return {
    name: engine.name,
    async load(graph, options) {
      const session = await engine.load(graph, options);
      const fault = faultOf(graph.name, options?.inPlace !== undefined, faults);
      if (!fault) return session;
      const wrapped: Session = {
        release: () => session.release(),
        bind(tensors) {
          const bound = session.bind(tensors);
          let count = 0;
          const wrong: Bound = { run: () => fault(tensors, () => bound.run(), count++) };
          return wrong;
        },
      };
      return wrapped;
    },
  };
}

/** The contract's own step is loaded without memory in place, so that no error reaches it. */
function faultOf(name: string, inPlace: boolean, faults: Faults): Fault | undefined {
  if (name.endsWith("_update")) return inPlace ? faults.update : undefined;
  if (name.endsWith("_gradient_accumulated")) return faults.others;
  if (name.endsWith("_gradient")) return faults.first;
  if (name === "unscale") return faults.unscale;
  return name.endsWith("_evaluation") ? faults.evaluation : undefined;
}
