import { join } from "node:path";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged } from "../bytes.ts";
import { command } from "../command.ts";
import type { Format, Made } from "../format.ts";
import { chance, one } from "../stream.ts";
import { idx } from "./idx.ts";
import { images } from "./images.ts";
import { changeNpy, npyBytes, npyOf } from "./npyBytes.ts";
import { parquet } from "./parquet.ts";
import { series } from "./series.ts";
import { csv } from "./tables.ts";
import { text } from "./texts.ts";
import { zipBytes } from "./zipBytes.ts";

interface Asked {
  readonly path: string;
  readonly flags: readonly string[];
}

/** An archive of examples and labels, one of them changed at times. */
function arrays(stream: Random): Made {
  const fields = [npyOf("<f4", [12, 3], stream, 0.01), npyOf("<i8", [12], stream, 0.01)];
  const [x, y] = fields.map((one) => npyBytes(chance(0.2, stream) ? changeNpy(one, stream) : one));
  const bytes = zipBytes(
    new Map([
      ["x.npy", x!],
      ["y.npy", y!],
    ]),
    stream,
  );
  return { files: new Map([["data.npz", chance(0.4, stream) ? damaged(bytes, stream) : bytes]]) };
}

const kinds: readonly (readonly [(stream: Random) => Made | Promise<Made>, (made: Made) => Partial<Asked>])[] = [
  [arrays, () => ({ path: "data.npz" })],
  [csv.make, ({ asked }) => ({ path: (asked as { name: string }).name })],
  [parquet.make, () => ({ path: "table.parquet" })],
  [idx.make, () => ({ path: "" })],
  [images.make, () => ({ path: "pictures", flags: ["--image-size", "8"] })],
  [text.make, ({ asked }) => ({ path: (asked as Asked).path })],
  [series.make, ({ asked }) => ({ path: (asked as Asked).path, flags: ["--window-length", "8", "--time", "time"] })],
];

const studies: readonly (readonly string[])[] = [
  ["lr-find", "--model", "mlp", "--batch-size", "4", "--rates", "4", "--repeats", "3"],
  ["inspect-data", "--epochs", "2", "--folds", "2", "--threads", "1"],
  ["inspect-data", "--epochs", "2", "--folds", "2", "--threads", "1", "--limit-examples", "20", "--json"],
];

/** Data of every kind, damaged or mean, as the studies read them that train on them. */
export const study: Format = {
  name: "study",
  share: 400,
  async make(stream) {
    const [make, ask] = one(kinds, stream);
    const made = await make(stream);
    const { path = "", flags = [] } = ask(made);
    return { files: made.files, asked: { path, flags: [...one(studies, stream), ...flags] } };
  },
  async read(folder, { asked }) {
    const { path, flags } = asked as Asked;
    const [name = "", ...others] = flags;
    await command(name, "--data", join(folder, path), ...others);
  },
};
