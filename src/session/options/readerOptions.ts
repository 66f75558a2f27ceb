import type { z } from "zod";
import type { OpenOptions } from "../../data/openOptions.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { mebibytes } from "./bounds.ts";
import {
  between0And1,
  count,
  countFrom0,
  oneOf,
  optional,
  rowsOf,
  type ShapeOf,
  seed,
  textOf,
  type Zod,
} from "./option.ts";

/** As on the command line, "a,b,c"; a file may write a list. */
const names = {
  schema: (z: Zod) => z.union([z.string().min(1), z.array(z.string().min(1)).min(1).transform(String)]),
  kind: "text",
  expects: "names of columns with commas between them",
} as const;
const size = {
  schema: (z: Zod) => z.union([z.string().regex(/^[1-9]\d*(x[1-9]\d*)?$/), z.int().min(1).transform(String)]),
  kind: "text",
  expects: "a size in pixels, as 32 or 24x32",
} as const;

/** How files become training and validation examples. No defaults: what is not given is left to the data. */
// biome-ignore format: a table is read by its columns
export const readerFields = rowsOf({ heading: "Table, array and image options:" }, {
  target: { flags: "--target <column>", ...optional(textOf("the name of a column")), help: "column of a table to predict (default: the last one called label, target or class)" },
  features: { flags: "--features <columns>", ...optional(names), help: "columns of a table to predict from (default: all others)" },
  drop: { flags: "--drop <columns>", ...optional(names), help: "columns of a table to leave out (default: none)" },
  task: { flags: "--task <kind>", ...optional(oneOf(["classification", "regression"])), help: "classification or regression (default: classification where the target holds texts or few whole numbers)" },
  missing: { flags: "--missing <policy>", ...optional(oneOf(["refuse", "drop", "mean"])), help: "what to do with rows that lack values: refuse, drop, or put the training mean (default: refuse)" },
  imageSize: { flags: "--image-size <pixels>", ...optional(size), help: "pixels of height and width that images of a folder are brought to, as 32 or 24x32 (default: as they are, if all are alike)" },
  validationSplit: { flags: "--validation-split <x>", ...optional({ ...between0And1, expects: "a number above 0 and below 1" }), help: "fraction of the examples to validate on, of data in one part (default: 0.2)" },
  splitBy: { flags: "--split-by <column>", ...optional(textOf("the name of a column or array")), help: "keep rows with the same value here on one side of the split (default: every row for itself)" },
  splitBlock: { flags: "--split-block <n>", ...optional(countFrom0), help: "validate on the last rows and leave out so many before them, for series (default: rows drawn at random)" },
  splitSeed: { flags: "--split-seed <n>", ...optional(seed), help: `seed of the split; ${option("seed")} does not change it (default: 0)` },
  dataMemory: { flags: "--data-memory <mebibytes>", ...optional({ ...count, bound: mebibytes }), help: "data larger than this are read from disk as needed (default: 1024)" },
});

export type ReaderField = keyof typeof readerFields;
export type ReaderConfiguration = Readonly<z.output<z.ZodObject<ShapeOf<typeof readerFields>>>>;

/** What the readers are told; undefined where nothing was said. */
export function readingOptions(configuration: ReaderConfiguration): OpenOptions | undefined {
  const { target, task, missing, validationSplit, splitBy, splitBlock, splitSeed } = configuration;
  const { features, drop, imageSize, dataMemory } = configuration;
  const options: OpenOptions = {
    target,
    task,
    missing,
    validationSplit,
    splitBy,
    splitBlock,
    splitSeed,
    features: features?.split(",").map((name) => name.trim()),
    drop: drop?.split(",").map((name) => name.trim()),
    imageSize: imageSize === undefined ? undefined : sizeOfImage(imageSize),
    dataMemory: dataMemory === undefined ? undefined : dataMemory * 2 ** 20,
  };
  return Object.values(options).every((value) => value === undefined) ? undefined : options;
}

/** "32" is 32 × 32; "24x32" is 24 high and 32 wide. */
function sizeOfImage(text: string): [number, number] {
  const [height = 0, width = height] = text.split("x").map(Number);
  if (height * width > 2 ** 26)
    throw new UsageError(
      `${option("imageSize")}: expected images of at most 8192 × 8192 pixels, got ${text}; make it smaller`,
    );
  return [height, width];
}
