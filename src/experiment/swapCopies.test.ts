import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runsIn, scratch } from "../../test/cli/harness.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { resolveConfiguration } from "../session/configuration.ts";
import { createSessionRun } from "../session/create.ts";
import { openChosenEngine } from "../session/engine.ts";
import type { SessionEvent } from "../session/events.ts";
import { prepareTraining } from "../session/prepare.ts";
import { trainRun } from "../session/run.ts";
import { type SwapEvent, swap } from "../training/swap.ts";
import { averageCopies } from "./swapCopies.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asked = {
  ...{ model: "mlp", data: "iris", batchSize: 4, epochs: 2, optimizer: "sgd", learningRate: 0.05 },
  ...{ swapWorkers: 2, swapEpochs: 1, swapBatchSize: 3, swapLearningRate: 0.01 },
};

test("copies in processes of their own give the average of copies in this one, to the bit", async () => {
  const prepared = await prepareTraining(resolveConfiguration({ ...asked, dir: folder }, {}));
  const engine = await openChosenEngine({});
  const told: SessionEvent[] = [];
  const listen = (event: SessionEvent) => told.push(event);
  const { path } = await trainRun(prepared, () => createSessionRun(prepared), { engine, listen, averageCopies });
  const { options, swap: plan } = prepared;
  const small = { window: [plan!.batchSize], epochs: plan!.epochs, learningRate: plan!.learningRate };
  const here: SwapEvent[] = [];
  for await (const event of swap(engine, { large: options, small, copies: plan!.workers })) here.push(event);
  const { bytes } = here.at(-1) as Extract<SwapEvent, { phase: 3 }>;
  const file = new Uint8Array(readFileSync(join(path, "averaged.safetensors")));
  expect(decodeSafetensors(file, "processes").tensors).toEqual(decodeSafetensors(bytes, "here").tensors);
  const states = told.flatMap((event) => (event.kind === "copy" ? [`${event.copy} ${event.state}`] : []));
  expect(states.toSorted()).toEqual(["1 finished", "1 started", "2 finished", "2 started"]);
  expect([1, 2].map((copy) => runsIn(join(path, "copies", String(copy))).length)).toEqual([1, 1]);
});
