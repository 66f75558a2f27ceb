import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { requireNewFile, requireNewFolder, writeNewFile, writeNewFolder } from "./outputs.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-outputs-"));
const at = (path: string) => join(folder, path);
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  mkdirSync(at("data/cats"), { recursive: true });
  mkdirSync(at("store/runs/first/plots"), { recursive: true });
  mkdirSync(at("empty"));
  writeFileSync(at("store/runs/first/run.json"), "{}");
  writeFileSync(at("batch.npz"), "batch");
  linkSync(at("batch.npz"), at("hard.npz"));
  symlinkSync(at("batch.npz"), at("soft.npz"));
  symlinkSync(at("nowhere"), at("dangling.npz"));
  symlinkSync(at("data"), at("alias"));
});

describe("a file to write", () => {
  test.each([
    ["batch.npz", "which is read"],
    ["hard.npz", "which is read"],
    ["soft.npz", "which is read"],
    ["data/../batch.npz", "which is read"],
    ["store/runs/first/run.json", "which exists"],
    ["dangling.npz", "which is a link"],

    ["data/new.npz", "a place outside of what is read"],
    ["data/cats/deep/er/new.npz", "a place outside of what is read"],
    ["alias/new.npz", "a place outside of what is read"],
    ["store/runs/first/metrics.jsonl", "a place outside of runs"],
    ["store/runs/first/plots/new.png", "a place outside of runs"],
    ["new/", "the name of a new file"],
  ])("is refused as %s: %s", (path, why) => {
    const refused = () => requireNewFile("--out", `${folder}/${path}`, [at("batch.npz"), at("data"), undefined]);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(new RegExp(`^--out: expected [^\\n]*${why}[^\\n]*; (choose another|write for example)`));
  });

  test.each([
    ["/dev/stdout", "which is a link"],
    ["/dev/null", "which is a pipe or a device"],
    ["", "the name of a new file"],
    [folder, "the name of a file, got the folder"],
    [`${folder}/batch.npz/new.npz`, "a place that can be written, got .* \\(ENOTDIR"],
    [`${folder}/${"x".repeat(300)}`, "a place that can be written, got .* \\(ENAMETOOLONG"],
  ])("is refused as %j: %s", (path, why) => {
    expect(() => requireNewFile("--out", path)).toThrow(new RegExp(why));
  });

  test.each(["new.npz", "data.npz", "deep/er/new.npz", "store/runs/new.npz", "empty/new.npz"])("may be %s", (path) => {
    const inputs = [at("batch.npz"), at("data"), "mnist", undefined];
    expect(() => requireNewFile("--out", at(path), inputs)).not.toThrow();
    // Asking makes nothing.
    expect(existsSync(at(path))).toBe(false);
  });

  test("is whole or not there, and replaces nothing that came meanwhile", () => {
    writeNewFile("--out", at("made/gram.npy"), new Uint8Array([1, 2, 3]));
    expect([...readFileSync(at("made/gram.npy"))]).toEqual([1, 2, 3]);
    expect(() => writeNewFile("--out", at("made/gram.npy"), "other")).toThrow(
      /^--out: expected a new file, got .*gram\.npy, which exists; choose another or remove it$/,
    );
    expect([...readFileSync(at("made/gram.npy"))]).toEqual([1, 2, 3]);
    expect(readdirSync(at("made"))).toEqual(["gram.npy"]);
  });
});

describe("a folder to write", () => {
  test.each([
    ["data", "a new or empty folder, got .*data with cats"],
    ["batch.npz", "a new or empty folder, got .*batch.npz which exists"],
    ["data/figures", "a place outside of what is read"],
    ["store/runs/first/figures", "a place outside of runs"],
  ])("is refused as %s: %s", (path, why) => {
    expect(() => requireNewFolder("--figures", at(path), [at("data")])).toThrow(UsageError);
    expect(() => requireNewFolder("--figures", at(path), [at("data")])).toThrow(new RegExp(why));
  });

  test.each(["empty", "step", "deep/step/"])("may be %s, and appears whole", (path) => {
    requireNewFolder("--out", at(path), [at("data")]);
    writeNewFolder(at(path), new Map([["a.txt", "a"]]));
    expect(readFileSync(at(`${path}/a.txt`), "utf8")).toBe("a");
  });

  test("is not there where it could not be made", () => {
    mkdirSync(at("taken"));
    writeFileSync(at("taken/mine"), "mine");
    expect(() => writeNewFolder(at("taken"), new Map([["a.txt", "a"]]))).toThrow(/ENOTEMPTY|EEXIST/);
    expect(() => writeNewFolder(at("other"), new Map([["no/such/a.txt", "a"]]))).toThrow(/ENOENT/);
    expect(existsSync(at("other"))).toBe(false);
    expect(readdirSync(at("taken"))).toEqual(["mine"]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
