import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nativeEngine } from "../../runtime/native.ts";
import { gramOfRows } from "../../statistics/gramOfRows.ts";
import { UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { type GradientGramOptions, type GramSoFar, gramOfGradients } from "./gradientGram.ts";
import type { GradientSource } from "./gradientSource.ts";
import { multiplyOnEngine, multiplyPlainly } from "./multiplyBlocks.ts";
import { unfinishedGram } from "./unfinishedGram.ts";

const scene = mkdtempSync(join(tmpdir(), "batchscope-gram-"));
afterAll(() => rmSync(scene, { recursive: true }));

const K = 9;
const parts = [
  { name: "a.weight", length: 700 },
  { name: "a.bias", length: 3 },
  { name: "b.weight", length: 1201 },
];
const P = 1904;

/** Rows of very different lengths, so that sums in float32 would show. */
function planted(seed = 1, lengths = parts): GradientSource & { row(k: number): Float64Array } {
  const generator = random(seed);
  const total = lengths.reduce((sum, { length }) => sum + length, 0);
  const common = Array.from({ length: total }, () => generator.normal());
  const rows = Array.from({ length: K }, (_, k) =>
    Float64Array.from(common, (value) => 10 ** (k % 3) * (0.3 * value + generator.normal())),
  );
  const starts = lengths.map((_, part) => lengths.slice(0, part).reduce((sum, { length }) => sum + length, 0));
  return {
    rows: K,
    parts: lengths,
    counts: null,
    fingerprint: String(seed),
    read(part, from, to, into) {
      for (const [k, row] of rows.entries())
        into.set(row.subarray(starts[part]! + from, starts[part]! + to), k * (to - from));
    },
    close() {},
    row: (k) => rows[k]!,
  };
}

const source = planted();
const rows = Array.from({ length: K }, (_, k) => source.row(k));
const exact = gramOfRows(rows, Array<number>(K).fill(1)).products;
const plain: GradientGramOptions = { multiply: multiplyPlainly, memoryBudget: 2 ** 20, sketch: null, seed: 0 };
/** Room for the least block, for none of the layers' Grams. */
const SMALL = 2 * 8 * K * 64 + 2 * 8 * K * K;

function expectNear(found: Float64Array, expected: Float64Array, tolerance: number) {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < found.length; i++) {
    const scale = Math.sqrt(expected[Math.floor(i / K) * (K + 1)]! * expected[(i % K) * (K + 1)]!);
    expect(Math.abs(found[i]! - expected[i]!) / scale).toBeLessThan(tolerance);
  }
}

describe("exact products", () => {
  const engine = multiplyOnEngine(nativeEngine(), 1);
  afterAll(engine.release);

  test.each([
    ["plain", multiplyPlainly, 2 ** 20],
    ["plain, in many blocks", multiplyPlainly, SMALL],
    ["by the engine", engine.multiply, 2 ** 20],
    ["by the engine, in many blocks", engine.multiply, SMALL],
  ])("%s: those of all rows in memory, to 1e-13", async (_, multiply, memoryBudget) => {
    const { products, sketch } = await gramOfGradients(source, { ...plain, multiply, memoryBudget });
    expectNear(products, exact, 1e-13);
    expect(sketch).toBeNull();
  });

  test("layers are told apart by names up to the last dot, where the budget has room", async () => {
    const { layers, layersLeftOut, products } = await gramOfGradients(source, plain);
    expect([...layers.keys(), layersLeftOut]).toEqual(["a", "b", 0]);
    const first = gramOfRows(
      rows.map((row) => row.subarray(0, 703)),
      Array<number>(K).fill(1),
    ).products;
    expectNear(layers.get("a")!, first, 1e-13);
    expectNear(products, exact, 1e-13);
    // 64 columns take 9 KiB, each layer 1 KiB.
    const many = Array.from({ length: 40 }, (_, i) => ({ name: `${i}.w`, length: 64 }));
    const tight = await gramOfGradients(planted(2, many), { ...plain, memoryBudget: 10 * 1024 });
    expect([tight.layers.size, tight.layersLeftOut]).toEqual([0, 40]);
  });

  test("a budget without room for a block is refused, with what is needed", async () => {
    const run = gramOfGradients(source, { ...plain, memoryBudget: 4000 });
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(/`memoryBudget`: expected at least 1 MiB for 9 rows, got 0; raise it/);
  });

  test("progress counts columns up to all", async () => {
    const told: number[][] = [];
    await gramOfGradients(source, {
      ...plain,
      memoryBudget: SMALL,
      progress: (...counts) => {
        told.push(counts);
        return false;
      },
    });
    expect(told.at(-1)).toEqual([P, P]);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done!).toSorted((a, b) => a - b));
    expect(told.length).toBeGreaterThan(20);
  });
});

describe("a pass that is interrupted goes on where it stopped", () => {
  /** Stops after so many blocks, saves, and goes on from the file with another width of blocks. */
  async function twice(options: GradientGramOptions, blocks: number, nextBudget: number) {
    const kept = unfinishedGram(join(scene, `${crypto.randomUUID()}.safetensors`), [blocks]);
    const controller = new AbortController();
    let left = blocks;
    const stopping = {
      ...options,
      save: (soFar: GramSoFar) => kept.write(soFar),
      progress: () => {
        if (--left === 0) controller.abort(new Error("stopped"));
        return false;
      },
      signal: controller.signal,
    };
    await expect(gramOfGradients(source, stopping)).rejects.toThrow("stopped");
    const from = kept.read()!;
    let first: number | undefined;
    const watched = {
      ...source,
      read: (...where: Parameters<typeof source.read>) => {
        first ??= where[1] + (where[0] === 0 ? 0 : where[0] === 1 ? 700 : 703);
        source.read(...where);
      },
    };
    const gram = await gramOfGradients(watched, { ...options, memoryBudget: nextBudget, from });
    return { gram, first: first!, before: [0, 700, 703][from.part]! + from.column };
  }

  test.each([1, 5, 11, 12, 20])("after %i blocks, exactly", async (blocks) => {
    const { gram, first, before } = await twice({ ...plain, memoryBudget: SMALL }, blocks, SMALL);
    expectNear(gram.products, exact, 1e-13);
    expect([first, first > 0]).toEqual([before, true]);
  });

  test("with other blocks too", async () => {
    const { gram } = await twice({ ...plain, memoryBudget: SMALL }, 7, SMALL + 8 * K * 2 * 13);
    expectNear(gram.products, exact, 1e-13);
  });

  test("a sketch comes out bit for bit as without interruption", async () => {
    const options = { ...plain, memoryBudget: 64 * 1024, sketch: 128 };
    const whole = await gramOfGradients(source, options);
    expect((await twice(options, 2, 64 * 1024)).gram).toEqual(whole);
  });

  test("saves where progress asks for it, also after the last block", async () => {
    const saved: [number, number][] = [];
    const save = ({ part, column }: GramSoFar) => saved.push([part, column]);
    await gramOfGradients(source, { ...plain, progress: () => true, save });
    expect(saved).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
  });
});

describe("unfinishedGram", () => {
  const path = join(scene, "kept.safetensors");
  const soFar = { part: 2, column: 64, arrays: new Map([["", Float64Array.of(1, 2, 3)]]) };

  test("gives back what was written, to the same gradients only", () => {
    unfinishedGram(path, ["mark", 1]).write(soFar);
    expect(unfinishedGram(path, ["mark", 1]).read()).toEqual(soFar);
    expect(unfinishedGram(path, ["mark", 2]).read()).toBeUndefined();
  });

  test("counts a damaged or an absent file as none, and removes it", () => {
    writeFileSync(path, "damaged");
    const kept = unfinishedGram(path, ["mark", 1]);
    expect(kept.read()).toBeUndefined();
    kept.remove();
    expect([existsSync(path), kept.read()]).toEqual([false, undefined]);
  });
});

describe("a sketch", () => {
  test("keeps lengths exactly, and cosines within the bound that it states", async () => {
    const cosine = (products: Float64Array, k: number, l: number) =>
      products[k * K + l]! / Math.sqrt(products[k * (K + 1)]! * products[l * (K + 1)]!);
    let [outside, pairs, squares] = [0, 0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const { products, sketch } = await gramOfGradients(source, {
        ...plain,
        sketch: 256,
        seed,
        memoryBudget: 64 * 1024,
      });
      expect(sketch).toEqual({ dimensions: 256, seed, cosineError: expect.closeTo(Math.sqrt((20 * 2) / 256), 9) });
      for (let k = 0; k < K; k++) {
        expect(products[k * (K + 1)]! / exact[k * (K + 1)]!).toBeCloseTo(1, 12);
        for (let l = 0; l < k; l++) {
          const error = cosine(products, k, l) - cosine(exact, k, l);
          pairs++;
          squares += error ** 2;
          if (Math.abs(error) > sketch!.cosineError) outside++;
        }
      }
    }
    // Chebyshev promises 5 %; the errors are nearly normal, of about 1/√256.
    expect(outside / pairs).toBeLessThan(0.05);
    expect(Math.sqrt(squares / pairs)).toBeGreaterThan(0.5 / 16);
    expect(Math.sqrt(squares / pairs)).toBeLessThan(1.5 / 16);
  });

  test("as long as the rows, it is left away", async () => {
    const { products, sketch } = await gramOfGradients(source, { ...plain, sketch: P });
    expect(sketch).toBeNull();
    expectNear(products, exact, 1e-13);
  });
});
