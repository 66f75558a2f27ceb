import { describe, expect, test } from "vitest";
import { counting } from "../../test/countingEngine.ts";
import { farthest, type Walk, walk } from "../../test/optimizerWalk.ts";
import { oracleJson } from "../../test/oracle.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamW } from "./adam.ts";
import { nAdam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { rAdam } from "./radam.ts";
import { rmsProp } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

interface Trajectory {
  readonly options: { lr: number };
  readonly gradients: number[][];
  readonly parameters: number[][];
}

const { cases, problem } = oracleJson<{ cases: Record<string, Trajectory>; problem: { w0: number[] } }>(
  "optimizers.json",
);

const table: Readonly<Record<string, Optimizer>> = {
  sgd: sgd(),
  sgd_momentum: sgd({ momentum: 0.9 }),
  sgd_dampening: sgd({ momentum: 0.9, dampening: 0.1 }),
  sgd_nesterov: sgd({ momentum: 0.9, nesterov: true }),
  sgd_weight_decay: sgd({ momentum: 0.9, weightDecay: 0.01 }),
  adagrad: adagrad(),
  rmsprop: rmsProp(),
  rmsprop_centered_momentum: rmsProp({ alpha: 0.9, centered: true, momentum: 0.5 }),
  adam: adam(),
  adam_weight_decay: adam({ weightDecay: 0.01 }),
  adam_amsgrad: adam({ amsgrad: true }),
  adamw: adamW({ weightDecay: 0.05 }),
  radam: rAdam(),
  // The trajectory is of PyTorch 1.13; the one of today's is compared with a loop in plainLoops.test.ts.
  nadam: nAdam({ beforePyTorch2: true }),
  adadelta: adadelta(),
};

function recorded(name: string): Walk {
  const { options, gradients } = cases[name]!;
  return { start: problem.w0, gradients, rate: () => options.lr };
}

test("every recorded optimizer is compared", () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(cases).sort());
});

describe.each(Object.entries(table))("%s follows torch.optim", (name, optimizer) => {
  const { parameters } = cases[name]!;

  test("to 1e-9 in float64", async () => {
    const path = await walk(openReference(nativeEngine()), "float64", optimizer, recorded(name));
    expect(path).toHaveLength(30);
    expect(farthest(path, parameters)).toBeLessThan(1e-9);
  });

  test("to 1e-5 in float32, in one session for all steps", async () => {
    const engine = counting(nativeEngine());
    expect(farthest(await walk(engine, "float32", optimizer, recorded(name)), parameters)).toBeLessThan(1e-5);
    expect(engine.loads()).toBe(1);
  });
});

test("each option and each optimizer takes another path", async () => {
  const reference = openReference(nativeEngine());
  for (const [name, optimizer] of Object.entries(table))
    for (const other of Object.keys(table).filter((key) => key !== name)) {
      const path = await walk(reference, "float64", optimizer, recorded(other));
      expect([name, other, farthest(path, cases[other]!.parameters) > 1e-5]).toEqual([name, other, true]);
    }
});
