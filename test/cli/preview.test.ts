import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { batchscope, runsIn, scratch, writeImages } from "./harness.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
afterAll(() => rmSync(scene, { recursive: true }));

const train = (line: string) => batchscope(`train --model mlp --data ${images} ${line}`.split(" "), { cwd: scene });

test.concurrent("--print-config prints what --config reads, with every default, and writes nothing", async () => {
  const printed = await train("--set batch_size=8 --epochs 2 --print-config");
  const config = parse(printed.stdout);
  expect([printed.code, printed.stderr]).toEqual([0, ""]);
  expect(config).toMatchObject({ model: "mlp", data: images, batchSize: 8, epochs: 2, optimizer: "adamw", seed: 0 });
  writeFileSync(join(scene, "config.yaml"), printed.stdout);
  const again = await batchscope(["train", "-c", "config.yaml", "--print-config", "--json"], { cwd: scene });
  expect(JSON.parse(again.stdout)).toEqual(config);
  expect(existsSync(join(scene, "batchscope"))).toBe(false);
});

test.concurrent("a text keeps its last line end in what --print-config prints", async () => {
  const described = ["train", "--model", "mlp", "--data", images, "--description", "two\nlines\n", "--print-config"];
  const { stdout } = await batchscope(described, { cwd: scene });
  expect(parse(stdout).description).toBe("two\nlines\n");
});

test.concurrent("--print-config prints a text of any number of lines", async () => {
  const lines = JSON.stringify("x\n".repeat(200_000));
  writeFileSync(
    join(scene, "long.yaml"),
    `model: mlp\ndata: ${images}\nepochs: 1\nbatchSize: 4\ndescription: ${lines}\n`,
  );
  const { code, stdout } = await batchscope(["train", "-c", "long.yaml", "--print-config"], { cwd: scene });
  expect([code, stdout.split("\n").length > 200_000]).toEqual([0, true]);
});

test.concurrent("--dry-run checks model and data and says what would be done", async () => {
  const store = join(scene, "dry");
  const plan = await train(`--batch-size 8 --gradient-accumulation-steps 5 --epochs 2 --dry-run --dir ${store}`);
  expect([plan.code, plan.stderr]).toEqual([0, ""]);
  expect(plan.stdout).toMatch(/effective batch size: 40\n/);
  expect(plan.stdout).toMatch(/\nmodel {4}mlp, 37,891 parameters\n/);
  expect(plan.stdout).toMatch(/\ndata {5}images, 96 examples to train and 32 to validate\n/);
  expect(plan.stdout).toMatch(/\nupdates {2}3 of an epoch, 6 in all\nnothing was trained or written\n$/);
  const refused = await train(`--batch-size 97 --dry-run --dir ${store}`);
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  const json = JSON.parse((await train(`--steps 7 --dry-run --json --dir ${store}`)).stdout);
  expect(json).toMatchObject({ parameters: 37_891, updatesPerEpoch: 24, updates: 7 });
  expect(runsIn(store)).toEqual([]);
});
