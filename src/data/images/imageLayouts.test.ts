import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { inWords } from "../../../test/fixtures/findings.ts";
import { readBatch } from "../../../test/readBatch.ts";
import { DataError, NotFoundError } from "../../tensor/errors.ts";
import { toNumbers } from "../../tensor/tensor.ts";

const { put, open, root } = dataFolder();

function link(path: string, to: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(to, join(root, path));
}

beforeAll(async () => {
  const picture = (level: number) =>
    sharp({ create: { width: 4, height: 4, channels: 3, background: { r: level, g: 0, b: 9 } } })
      .png()
      .toBuffer();
  for (let i = 0; i < 10; i++)
    for (const [c, name] of ["cat", "dog"].entries()) {
      const bytes = await picture(10 * i + c);
      const places = ["real", "hidden", "mac", "some", "strays", "loop", "mixed", "resource", "pair/train", "broken"];
      for (const place of places) put(`${place}/${name}/${i}.png`, bytes);
      put(`nested/${name}/set1/${i}.png`, bytes);
      put(`deep/${name}/2026/01/${i}.png`, bytes);
      put(`sets/${i % 2 ? "left" : "right"}/${name}/${i}.png`, bytes);
      put(`pair/val/${name}/${i}.png`, bytes);
      put(`flat/${name}${i}.png`, bytes);
    }
  for (let i = 0; i < 10; i++) {
    const bytes = await picture(200 + i);
    put(`lost/cat/${i}.png`, bytes);
    put(`lost/dog/set1/${i}.png`, await picture(100 + i));
    put(`some/dog/more/${i}.png`, bytes);
    put(`one/cat/${i}.png`, bytes);
    put(`gone/cat/${i}.png`, bytes);
    put(`gone/dog/${i}.gif`, bytes);
    put(`empty/cat/${i}.png`, bytes);
    put(`gifs/cat/${i}.gif`, bytes);
    put(`gifs/dog/${i}.BMP`, bytes);
  }
  mkdirSync(join(root, "empty/dog"));
  for (let i = 0; i < 12; i++)
    for (const [c, name] of ["low", "high"].entries()) {
      // As of a sensor of 12 bits.
      const levels = Uint16Array.from({ length: 256 }, (_, at) => 100 + 60 * c + ((at * 7 + i) % 40));
      const deep = sharp(levels, { raw: { width: 16, height: 16, channels: 1 } })
        .toColourspace("grey16")
        .png();
      put(`xray/${name}/${i}.png`, await deep.toBuffer());
      const glass = { r: 9, g: 99, b: 199, alpha: i === 0 && c === 0 ? 1 : 0.5 };
      const background = i < 2 && c === 0 ? glass : { r: 9, g: 99, b: i };
      put(
        `glass/${name}/${i}.png`,
        await sharp({ create: { width: 4, height: 4, channels: i < 2 && c === 0 ? 4 : 3, background } })
          .png()
          .toBuffer(),
      );
    }
  put("hidden/.ipynb_checkpoints/0-checkpoint.png", await picture(1));
  put("mac/dog/._0.png", "\0\x05\x16\x07");
  put("mac/__MACOSX/dog/._0.png", "\0\x05\x16\x07");
  put("strays/dog/notes.txt", "no image");
  put("strays/dog/0.gif", "no image");
  put("strays/cat/1.gif", "no image");
  put("strays/README", "no image");
  put("strays/labels.csv", "a,label\n1,2\n");
  put("pair/unlabelled/0.png", "no image");
  link("one/dog", "../real/dog");
  link("all/cat", "../real/cat");
  link("all/dog", "../real/dog");
  link("split/train", "../real");
  link("split/val", "../real");
  link("loop/cat/again", "..");
  link("loop/dog/self", ".");
  link("loop/dog/up", "../..");
  link("broken/dog/20.png", "nowhere.png");
});

describe("folders of images", () => {
  test.each([
    ["real", 20, "images in one folder for each class"],
    ["hidden", 20, "names that begin with a dot are not there"],
    ["mac", 20, "nor is what macOS adds to an archive"],
    ["one", 20, "a link to a folder is a class"],
    ["all", 20, "also where all are"],
    ["nested", 20, "images in a folder of the class's are the class's"],
    ["deep", 20, "however deep they lie"],
    ["lost", 20, "also where only some lie deeper"],
    ["some", 30, "also beside others"],
    ["loop", 20, "links that lead back are passed over"],
    ["split", 40, "parts may be links"],
    ["pair", 40, "parts"],
    ["strays", 20, "other files are no images"],
  ])("%s: %i images in 2 classes; %s", async (folder, count) => {
    const { train, validation } = await open(folder);
    expect([train.classNames, train.size + validation.size]).toEqual([["cat", "dog"], count]);
    expect(new Set([...train.labels, ...validation.labels]).size).toBe(2);
  });

  test.each([
    ["strays", [/^.*strays: not read: 2 \.gif, 1 file, 1 \.csv, 1 \.txt$/]],
    ["pair", [/^.*pair: not read: 1 folder$/]],
    ["hidden", []],
    ["nested", []],
  ])("what is left out of %s is counted by ending", async (folder, expected) => {
    const left = inWords((await open(folder)).notes).filter((note) => note.includes("not read"));
    expect(left).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  test("16 bits keep their levels, and are said", async () => {
    const { train, notes } = await open("xray");
    const { x } = await readBatch(train, [...Array(train.size).keys()]);
    expect(new Set(toNumbers(x!)).size).toBe(80);
    expect(inWords(notes)[0]).toMatch(/xray: grey images of 16 bits, 16 × 16 pixels in 2 classes: high, low$/);
    expect(train.preprocessing).toMatchObject({ pixels: "(level / 65535 - mean) / deviation, by channel" });
  });

  test("transparency is said", async () =>
    expect(inWords((await open("glass")).notes)).toContain("2 images with a channel of transparency: laid on white"));

  test("the classes are named", async () =>
    expect(inWords((await open("real")).notes)[0]).toMatch(/colour images of 4 × 4 pixels in 2 classes: cat, dog$/));

  test.each([
    [
      "gone",
      DataError,
      /gone\/dog: expected images .* of the class "dog", got 10 \.gif; convert or add some, or remove the folder$/,
    ],
    ["empty", DataError, /empty\/dog: expected images .* of the class "dog", got nothing; convert/],
    ["broken", DataError, /broken\/dog\/20\.png|20\.png: expected a file, got nothing there/],
    [
      "gifs",
      NotFoundError,
      /gifs: expected .* images \.png, \.jpg or \.webp in one folder for each class, .*, got 10 \.bmp, 10 \.gif; put such files there, or convert these$/,
    ],
    ["flat", NotFoundError, /flat: expected .* in one folder for each class, .*, got 20 \.png; put/],
  ])("%s is refused, by what it holds", async (folder, kind, message) => {
    const refused = open(folder);
    await expect(refused).rejects.toThrow(message);
    if (folder !== "broken") await expect(refused).rejects.toThrow(kind);
  });

  test("folders of several folders of images are sets of their own", async () => {
    await expect(open("sets")).rejects.toThrow(/sets: expected a subset, one of left, right/);
    expect((await open("sets", {}, "left")).train.classNames).toEqual(["cat", "dog"]);
  });
});
