import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import { prepareTraining } from "./prepare.ts";

const asked = { model: "mlp", data: "iris", batchSize: 4 };

test("a plan with a window that is larger than an epoch is refused before there is a run", async () => {
  const prepared = (accumulationSchedule: string) =>
    prepareTraining(resolveConfiguration({ ...asked, accumulationSchedule }, {}));
  await expect(prepared("0:1,5:99")).rejects.toThrow(UsageError);
  await expect(prepared("0:1,5:99")).rejects.toThrow(/expected at most the \d+ micro-batches of an epoch .*, got 99/);
  await expect(prepared("0:1,5:2")).resolves.toMatchObject({ options: { accumulation: { kind: "epochs" } } });
});
