import { expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { fromNumbers } from "../../tensor/tensor.ts";
import { encodeNpy, encodeNpz } from "../files/npz.ts";

const { put, open } = dataFolder();

/** An array of zeros as NumPy writes one of a type that we may lack. */
function npy(descr: string, shape: string, bytes: number): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
  const head = new TextEncoder().encode(`\x00NUMPY\x01\x00v\x00${text}\n`);
  head[0] = 0x93;
  return Uint8Array.from([...head, ...new Uint8Array(bytes)]);
}

const x = fromNumbers(
  "float32",
  [10, 2],
  Array.from({ length: 20 }, (_, i) => i / 7),
);

test.each([
  [">i8", 8, /y\.npy: expected .*, got: >i8; convert it with \.astype\("<i8"\)$/],
  [">i4", 4, /got: >i4; convert it with \.astype\("<i4"\)$/],
  [">i2", 2, /got: >i2; convert it with \.astype\("<i8"\)$/],
  ["<u8", 8, /got: <u8; convert it with \.astype\("<i8"\)$/],
  [">u8", 8, /got: >u8; convert it with \.astype\("<i8"\)$/],
  [">u4", 4, /got: >u4; convert it with \.astype\("<i8"\)$/],
  [">f4", 4, /got: >f4; convert it with \.astype\("<f4"\)$/],
  [">f8", 8, /got: >f8; convert it with \.astype\("<f8"\)$/],
  ["<f16", 16, /got: <f16; convert it with \.astype\("<f4"\)$/],
  ["<c8", 8, /got: <c8; save numpy\.stack\(\[a\.real, a\.imag\], -1\)$/],
  ["<M8[s]", 8, /got: <M8\[s\]; save the time since the first/],
  ["<U3", 12, /got: <U3; number what they stand for/],
])("labels as %s: the advice keeps them what they are", async (descr, size, message) => {
  const folder = `as ${descr.replace(/[<>]/g, (end) => (end === "<" ? "little " : "big "))}`;
  put(`${folder}/x.npy`, encodeNpy(x));
  put(`${folder}/y.npy`, npy(descr, "(10,)", 10 * size));
  await expect(open(folder)).rejects.toThrow(message);
});

test("what stays on disk is told alike", async () => {
  put("disk/x.npy", npy(">f8", "(10, 20)", 1600));
  put("disk/y.npy", encodeNpy(fromNumbers("int64", [10], Array(10).fill(1))));
  await expect(open("disk", { dataMemory: 1000 })).rejects.toThrow(
    /got >f8; save numpy\.ascontiguousarray\(a, "<f8"\), or raise/,
  );
});

test.each([
  ["x", 1e39],
  ["x", -1e39],
  ["x", 3.5e38],
  ["x", Number.MAX_VALUE],
  ["y", 1e300],
])("%s of %d, beyond float32, is named with its place", async (name, value) => {
  const values = (count: number) => Array.from({ length: count }, (_, i) => i / 3);
  const arrays = { x: values(20), y: values(10) };
  arrays[name as "x" | "y"][name === "x" ? 7 : 3] = value;
  const file = new Map([
    ["x", fromNumbers("float64", [10, 2], arrays.x)],
    ["y", fromNumbers("float64", [10], arrays.y)],
  ]);
  const place = new RegExp(
    `expected numbers that float32 holds in "${name}", got .* in example 3; scale or correct it`,
  );
  await expect(open(put("beyond.npz", encodeNpz(file)))).rejects.toThrow(place);
});

test("the largest number that float32 holds is taken, and what is near it", async () => {
  const file = new Map([
    ["x", fromNumbers("float64", [10, 2], Array(20).fill(3.4028235e38))],
    [
      "y",
      fromNumbers(
        "int64",
        [10],
        Array.from({ length: 10 }, (_, i) => i % 2),
      ),
    ],
  ]);
  expect((await open(put("largest.npz", encodeNpz(file)))).train.size).toBe(8);
});

test("labels beyond 2^53 are refused with every digit, and with what keeps them apart", async () => {
  const y = fromNumbers("int64", [10], Array(10).fill(0));
  for (let i = 0; i < 10; i++) (y.data as BigInt64Array)[i] = 2n ** 53n + BigInt(i % 2);
  const file = new Map([
    ["x", x],
    ["y", y],
  ]);
  await expect(open(put("wide.npz", encodeNpz(file)))).rejects.toThrow(
    /below 2\^53 as classes in "y", got 9007199254740992 in example 0; number them with numpy\.unique\(y, return_inverse=True\)\[1\]$/,
  );
});

test("a part to validate on without labels is named", async () => {
  const labels = fromNumbers(
    "int64",
    [10],
    Array.from({ length: 10 }, (_, i) => i % 2),
  );
  const file = new Map([
    ["x_train", x],
    ["y_train", labels],
    ["x_test", x],
  ]);
  await expect(open(put("unlabelled.npz", encodeNpz(file)))).rejects.toThrow(
    /unlabelled\.npz: expected "y_test" beside "x_test", got none; save it, or save x_train and y_train alone as x and y/,
  );
});

test("a table or images to validate on without a target are named, with what can be done", async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${i * 2}`);
  put("kaggle/train.csv", `a,b,Survived\n${rows.map((row, i) => `${row},${i % 2}\n`).join("")}`);
  put("kaggle/test.csv", `a,b\n${rows.join("\n")}\n`);
  await expect(open("kaggle", { target: "Survived" })).rejects.toThrow(
    /test\.csv: expected the target "Survived" as in .*train\.csv, got none, .*; pass `data` \S*kaggle\/train\.csv alone, which is split then$/,
  );
  put("kaggle/test.csv", `b,Survived\n${rows.map((_, i) => `${i},${i % 2}\n`).join("")}`);
  await expect(open("kaggle", { target: "Survived" })).rejects.toThrow(
    /expected the column "a" as in .*; add it or leave it out with `drop`$/,
  );
  expect((await open("kaggle", { target: "Survived", drop: ["a"] })).train.size).toBe(20);
  for (let i = 0; i < 4; i++) for (const name of ["train/cat", "train/dog", "test"]) put(`flat/${name}/${i}.png`, "");
  await expect(open("flat")).rejects.toThrow(
    /flat\/test: expected a folder for each class of .*train, got 4 \.png; sort .*, or pass `data` \S*flat\/train alone, which is split then$/,
  );
});
