import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { createCanvas } from "@napi-rs/canvas";
import { ModelProtoSchema } from "onnx-buf";
import { afterAll, expect, test } from "vitest";
import { setMetadata } from "../src/export/onnxFile.ts";
import { evaluate, openEngine, predict, trainToRun } from "../src/index.ts";
import { tryIn } from "./cli/inProcess.ts";

/** That a class of the data is the output of its name, whichever other classes the data have. */

const folder = mkdtempSync(join(tmpdir(), "batchscope-foreign-classes-"));
const at = (name: string) => join(folder, name);
const engine = await openEngine();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `images/blue` … in folders called otherwise: [what it shows, what its folder is called]. */
function images(name: string, classes: readonly (readonly [colour: string, called: string])[], count = 4): string {
  for (const [colour, called] of classes) {
    mkdirSync(at(`${name}/${called}`), { recursive: true });
    for (let i = 0; i < count; i++) {
      const canvas = createCanvas(4, 4);
      const context = canvas.getContext("2d");
      context.fillStyle = colour;
      context.fillRect(0, 0, 4, 4);
      context.fillStyle = "black";
      context.fillRect(i % 4, 0, 1, 1);
      writeFileSync(at(`${name}/${called}/${i}.png`), canvas.toBuffer("image/png"));
    }
  }
  return at(name);
}

const same = (...colours: string[]) => colours.map((colour) => [colour, colour] as const);
const all = images("all", same("blue", "lime", "red"), 12);
const run = await trainToRun(
  { data: all, model: "linear", learningRate: 0.1, epochs: 20, batchSize: 6, noiseScale: "off", dir: at("store") },
  { engine },
);
await tryIn(folder, "export", run.path, "--format", "onnx", "--out", at("own.onnx"));

/** The model as others would write it. */
function foreign(name: string, metadata: Record<string, string>): string {
  const proto = fromBinary(ModelProtoSchema, readFileSync(at("own.onnx")));
  proto.metadataProps = [];
  setMetadata(proto, metadata);
  writeFileSync(at(name), toBinary(ModelProtoSchema, proto));
  return at(name);
}

const nameless = foreign("nameless.onnx", { author: "others", names: "blue, lime and red", class_names: '["blue"]' });
const lists = foreign("lists.onnx", { class_names: '["blue", "lime", "red"]' });
const dictionary = foreign("dictionary.onnx", { names: "{0: 'blue', 1: \"lime\", 2: 'red'}" });
const object = foreign("object.onnx", { names: '{"0": "blue", "1": "lime", "2": "red"}' });
const confusion = async (model: string, data: string) => (await evaluate(model, { data, engine })).classification!;

const two = images("two", same("lime", "red"));
const ofTwo = [
  [0, 0, 0],
  [0, 4, 0],
  [0, 0, 4],
];

test.each([
  ["a list", lists],
  ["a dictionary", dictionary],
  ["an object", object],
])("fewer classes than outputs go by the names that the file gives: %s", async (_, model) => {
  expect((await confusion(model, two)).confusion).toEqual(ofTwo);
  const counted = (await confusion(model, images("one", same("red")))).classes.map(({ support }) => support);
  expect(counted).toEqual([0, 0, 4]);
  const { classNames, values, sources } = await predict(model, { data: two, engine });
  expect(classNames).toEqual(["blue", "lime", "red"]);
  expect([...values]).toEqual(sources.file!.map((file) => (file.includes("lime/") ? 1 : 2)));
  expect((await tryIn(folder, "evaluate", model, "--data", two)).printed).toMatch(/^accuracy 100\.0 % .*on 8 examples/);
});

test("as many classes as outputs go by the names of the file too, and not by their order", async () => {
  const turned = foreign("turned.onnx", { class_names: '["zebra", "lime", "ant"]' });
  const data = images("turned", [["blue", "zebra"], ...same("lime"), ["red", "ant"]]);
  expect((await confusion(turned, data)).accuracy.value).toBe(1);
  expect((await confusion(nameless, all)).accuracy.value).toBe(1);
});

test("of a file without names fewer classes are numbered by their own names, or refused", async () => {
  const numbered = images("numbered", [
    ["lime", "1"],
    ["red", "2"],
  ]);
  expect((await confusion(nameless, numbered)).confusion).toEqual(ofTwo);
  await expect(confusion(nameless, two)).rejects.toThrow(
    /two: expected a class for each of the 3 outputs of .*nameless\.onnx, whose file does not name them, got 2 \(lime, red\); name each class by the number of its output/,
  );
  const refused = await tryIn(folder, "evaluate", nameless, "--data", two, "--lang", "zh");
  expect([refused.code, refused.text]).toEqual([1, expect.stringMatching(/3 个输出各有一个类别.*class_names/)]);
  expect((await predict(nameless, { data: two, engine })).classNames).toEqual(["0", "1", "2"]);
});

test("a class that the file does not name is refused", async () => {
  const strange = images("strange", [
    ["lime", "lime"],
    ["red", "scarlet"],
  ]);
  await expect(confusion(lists, strange)).rejects.toThrow(
    /strange: expected classes that the metadata of .*lists\.onnx name \(blue, lime, red\), got "scarlet"; rename the class/,
  );
});
