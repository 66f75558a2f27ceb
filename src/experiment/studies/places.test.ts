import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nameInStore } from "../../store/studies/nameInStore.ts";
import { readStudy, takeStudy } from "../../store/studies/study.ts";
import { readSweep, takeSweep } from "../../store/studies/sweep.ts";
import { planSweep } from "../sweeps/planSweep.ts";
import { readSweepRequest } from "../sweeps/request.ts";
import { armsOf } from "./arms.ts";
import { identityOf, identityOfSweep } from "./identity.ts";
import { planComparison, trialsOf } from "./plan.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-places-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const table = Array.from({ length: 40 }, (_, i) => `${i},${(7 * i) % 5}`).join("\n");
const file = join(folder, "points.csv");
writeFileSync(file, `x,y\n${table}\n`);
const copy = join(folder, "elsewhere", "copied.csv");
mkdirSync(join(folder, "elsewhere"));
copyFileSync(file, copy);
symlinkSync(file, join(folder, "linked.csv"));
const changed = join(folder, "changed", "points.csv");
mkdirSync(join(folder, "changed"));
writeFileSync(changed, `x,y\n${table.replace(/39,3$/, "39,4")}\n`);
const same = [file, relative(process.cwd(), file), join(folder, "linked.csv"), copy];

const options = (data: string) => ({ model: "linear", data, target: "y", task: "regression", epochs: "1" });
const compared = (data: string) =>
  planComparison({
    ...{ kind: "comparison", seeds: [0, 1], evaluateExamples: 16 },
    arms: armsOf({ flags: options(data), vary: ["batch-size=2,4"], arms: [] }, {}),
  });
const swept = (data: string) =>
  planSweep(readSweepRequest({ ...options(data), grid: ["batch-size=2,4"], seeds: "2" }, {}).request);

test("a comparison of the same bytes at another place is the same study, with the same trials; of others it is not", async () => {
  const store = join(folder, "comparisons");
  const [first, ...others] = await Promise.all(same.map(compared));
  takeStudy(store, first!.id, { ...first!, identityOf }).lock.release();
  const keys = (plan: NonNullable<typeof first>) =>
    trialsOf(plan.specification.arms, plan.seeds, { stage: "comparison", counted: new Set() }).map(({ key }) => key);
  for (const plan of others) {
    expect(nameInStore(store, plan.id)).toBe(first!.id);
    expect(keys(plan)).toEqual(keys(first!));
    takeStudy(store, first!.id, { ...plan, identityOf }).lock.release();
    const { file: kept } = readStudy(join(store, "studies", first!.id))!;
    expect(kept.specification.arms[0]!.configuration.data).toBe(plan.specification.arms[0]!.configuration.data);
  }
  const other = await compared(changed);
  expect(nameInStore(store, other.id)).not.toBe(first!.id);
  expect(() => takeStudy(store, first!.id, { ...other, identityOf })).toThrow(
    /^.*study.*: expected what .* was started with, got another fingerprints\.\w+ of the arm/,
  );
});

test("and so is a sweep, whose files are where they were given last", async () => {
  const store = join(folder, "sweeps");
  const [first, ...others] = await Promise.all(same.map(swept));
  const taken = (plan: NonNullable<typeof first>, directory: string) =>
    takeSweep(store, first!.id, { ...plan, directory, identityOf: identityOfSweep }).lock.release();
  taken(first!, "/one");
  for (const [i, plan] of others.entries()) {
    expect(nameInStore(store, plan.id)).toBe(first!.id);
    taken(plan, `/${i}`);
    const { file: kept } = readSweep(join(store, "studies", first!.id))!;
    expect([kept.directory, kept.specification.given.data]).toEqual([`/${i}`, plan.specification.given.data]);
  }
  const other = await swept(changed);
  expect(nameInStore(store, other.id)).not.toBe(first!.id);
  expect(() => taken(other, "/")).toThrow(/got another fingerprints\.\w+/);
});
