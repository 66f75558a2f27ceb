import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { batchscope, runsIn, scratch } from "./harness.ts";
import { everyCommand, tryHere } from "./inProcess.ts";

const scene = scratch();
const at = (path: string) => join(scene, path);
const fixture = fileURLToPath(new URL("../fixtures/oracle/models/mlp/", import.meta.url));
const gradients = ["gradients", "--model", join(fixture, "model.onnx")];

let id: string;

beforeAll(async () => {
  const line = "train --model mlp --data iris --batch-size 16 --epochs 1 --dir store";
  expect((await batchscope(line.split(" "), { cwd: scene })).code).toBe(0);
  [id] = runsIn(at("store")) as [string];
  copyFileSync(join(fixture, "batch.npz"), at("batch.npz"));
  linkSync(at("batch.npz"), at("hard.npz"));
  mkdirSync(at("tables"));
  for (const name of ["a.html", "a.csv", "a.png", "a.npy", "tables/a.csv"])
    writeFileSync(at(name), "x,label\n1,a\n2,b\n");
});

/** Stands for the run's name, which is not known where the table is made. */
const newest = "ID";
const exported = (format: string) => ["export", id, "--format", format, "--dir", at("store"), "--out"];

/** What is there, with the contents of those files that a line names. */
const state = () => [
  ...readdirSync(scene, { recursive: true }).sort(),
  ...["batch.npz", "a.html", "a.csv", "a.png", "a.npy", `store/runs/${id}/run.json`].map((name) =>
    readFileSync(at(name)),
  ),
];

/** What names an output: the options of each command, with lines that would replace or disturb something. */
const lines: Readonly<Record<string, readonly (readonly [flag: string, argv: () => readonly string[]])[]>> = {
  "gradients --out": [
    ["batch.npz", () => [...gradients, "--batch", at("batch.npz"), "--out", at("batch.npz")]],
    ["hard.npz", () => [...gradients, "--batch", at("batch.npz"), "--out", at("hard.npz")]],
  ],
  "compile --out": [
    ["a.csv", () => ["compile", "--model", join(fixture, "model.onnx"), "--out", at("a.csv")]],
    ["tables/step", () => ["compile", "--model", "mlp", "--data", at("tables"), "--out", at("tables/step")]],
  ],
  "inspect-data --out": [
    ["a.html", () => ["inspect-data", "--data", "iris", "--out", at("a.html")]],
    ["tables/new.html", () => ["inspect-data", "--data", at("tables"), "--out", at("tables/new.html")]],
  ],
  "lr-find --plot": [
    ["a.png", () => ["lr-find", "--model", "mlp", "--data", "iris", "--plot", at("a")]],
    ["tables/b", () => ["lr-find", "--model", "mlp", "--data", at("tables"), "--plot", at("tables/b")]],
  ],
  "profile --out": [
    ["tables", () => ["profile", "--model", "mlp", "--data", "iris", "--out", at("tables")]],
    ["tables/p", () => ["profile", "--model", "mlp", "--data", at("tables"), "--out", at("tables/p")]],
  ],
  "analyze --out": [
    ["a.npy", () => ["analyze", "--gradients", at("a.npy"), "--batch-size", "4", "--out", at("a.npy")]],
    ["tables/g.npy", () => ["analyze", "--gradients", at("tables"), "--batch-size", "4", "--out", at("tables/g.npy")]],
  ],
  "predict --out": [
    ["a.csv", () => ["predict", id, "--dir", at("store"), "--data", at("a.csv"), "--out", at("a.csv")]],
    ["tables/p.csv", () => ["predict", id, "--dir", at("store"), "--data", at("tables"), "--out", at("tables/p.csv")]],
    ["run", () => ["predict", id, "--dir", at("store"), "--out", at(`store/runs/${id}/p.csv`)]],
  ],
  "diagnose --out": [
    ["a.html", () => ["diagnose", id, "--dir", at("store"), "--out", at("a.html")]],
    ["run", () => ["diagnose", id, "--dir", at("store"), "--out", at(`store/runs/${id}/run.json`)]],
  ],
  "landscape --out": [
    ["tables", () => ["landscape", id, "--dir", at("store"), "--out", at("tables")]],
    ["run", () => ["landscape", id, "--dir", at("store"), "--out", at(`store/runs/${id}/figures`)]],
  ],
  "report --out": [
    ["a.html", () => ["report", id, "--dir", at("store"), "--out", at("a.html")]],
    ["run", () => ["report", id, "--dir", at("store"), "--out", at(`store/runs/${id}/run.json`)]],
  ],
  "report --figures": [
    ["tables", () => ["report", id, "--dir", at("store"), "--figures", at("tables")]],
    ["checkpoints", () => ["report", id, "--dir", at("store"), "--figures", at(`store/runs/${id}/figures`)]],
  ],
  "export --out": [
    ...(["onnx", "csv", "parquet", "tensorboard"] as const).flatMap((format) =>
      ["a.csv", `store/runs/${newest}/new`].map(
        (path) => [`${format} ${path}`, () => [...exported(format), at(path.replace(newest, id))]] as const,
      ),
    ),
    ...["tables", "store", "store/runs"].map(
      (path) => [`tensorboard ${path}`, () => [...exported("tensorboard"), at(path)]] as const,
    ),
  ],
};

test("every option that names an output is one of these", () => {
  const named = everyCommand().flatMap(({ words, command }) =>
    command.options
      .filter(({ long, flags }) => /^--(out|plot|figures)$|-(out|file|folder)$/.test(long ?? "") && flags.includes("<"))
      .map(({ long }) => `${words.filter((word) => word !== "runs").join(" ")} ${long}`),
  );
  expect([...new Set(named)].sort()).toEqual(Object.keys(lines).sort());
});

test.each(
  Object.entries(lines).flatMap(([option, cases]) => cases.map(([name, argv]) => [option, name, argv] as const)),
)("%s %s replaces and disturbs nothing", async (option, _, argv) => {
  const before = state();
  const { code, text } = await tryHere(...argv());
  expect(text).toMatch(
    new RegExp(`^batchscope: error: ${option.split(" ")[1]}: expected (a new|a place)[^\\n]*; choose another`),
  );
  expect(code).toBe(2);
  expect(state()).toEqual(before);
});
