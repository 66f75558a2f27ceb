import { z } from "zod";
import { type Batch, type Dataset, newBatch } from "../data/dataset.ts";
import { readMetadata } from "../export/onnxFile.ts";
import { DataError } from "../tensor/errors.ts";
import { outputsOfFile, readModelFile } from "../training/openModel.ts";

/** Where files of others name their outputs: as `export` writes it, and as Ultralytics does. */
const KEYS = ["class_names", "names"] as const;

const namings = z.union([z.array(z.string()), z.record(z.string().regex(/^\d+$/), z.string())]);

/**
 * The examples with their classes numbered as the outputs of a model that others trained: by the names in its file's
 * metadata; where it has none, by the names of classes that are numbers of outputs, or, where there are as many classes
 * as outputs, in their order. Throws `DataError` for a class that the file does not name, and for fewer named classes
 * than outputs, which nothing numbers.
 */
export async function numberByOutputs(
  data: Dataset,
  model: { readonly file: string; readonly output: string | undefined },
  withTarget: boolean,
): Promise<Dataset> {
  const { classes, classNames, target } = data;
  if (target.type !== "int64" || target.shape.length > 0 || classNames.length !== classes) return data;
  const outputs = await outputsOfFile(model.file, model.output);
  if (outputs === null || classes > outputs) return data;
  const names = await namesOfOutputs(model.file, outputs);
  const areNumbers = classNames.every((name, i) => name === String(i));
  if (names === null && (areNumbers || classes === outputs)) return data;
  if (!withTarget || areNumbers) return { ...data, classes: outputs, classNames: names ?? [] };
  const known = names ?? Array.from({ length: outputs }, (_, i) => String(i));
  const positions = classNames.map((name) => known.indexOf(name));
  const stranger = data.labels.find((label) => label >= 0 && positions[label]! < 0);
  if (stranger !== undefined) throw unnumbered(data, model.file, { outputs, names, stranger });
  return renumbered(data, positions, known);
}

function renumbered(data: Dataset, positions: readonly number[], classNames: readonly string[]): Dataset {
  const { selected: _, ...rest } = data;
  const read: Dataset["read"] = async (indices, batch, draw) => {
    const own: Batch = { ...newBatch(data, indices.length), ...batch };
    await data.read(indices, own, draw);
    const labels = own.y!.data as BigInt64Array;
    labels.forEach((label, i) => {
      labels[i] = BigInt(positions[Number(label)] ?? label);
    });
  };
  const labels = data.labels.map((label) => positions[label] ?? label);
  return { ...rest, classes: classNames.length, classNames, labels, read };
}

/** The names of the outputs, in their order; null where the file does not name each of them. */
async function namesOfOutputs(file: string, outputs: number): Promise<readonly string[] | null> {
  const metadata = readMetadata(await readModelFile(file));
  for (const key of KEYS) {
    const naming = namings.safeParse(literal(metadata.get(key) ?? ""));
    if (!naming.success) continue;
    const names = Array.from({ length: outputs }, (_, i) => (naming.data as Record<number, string>)[i]);
    const isWhole = Object.keys(naming.data).length === outputs && new Set(names).size === outputs;
    if (isWhole && !names.includes(undefined)) return names as string[];
  }
  return null;
}

/** JSON, or a dictionary as Python prints it, as {0: 'cat', 1: "dog's"}; null of anything else. */
function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const pairs = [...text.matchAll(/(\d+): (?:'([^'\\]*)'|"([^"\\]*)")/g)];
    const found = pairs.map(([, key, single, double]) => [key, single ?? double] as const);
    return `{${pairs.map(([pair]) => pair).join(", ")}}` === text ? Object.fromEntries(found) : null;
  }
}

function unnumbered(
  { name, classNames, classes }: Dataset,
  file: string,
  found: { readonly outputs: number; readonly names: readonly string[] | null; readonly stranger: number },
): DataError {
  const listed = (names: readonly string[]) => `${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`;
  if (found.names !== null)
    return new DataError(
      `${name}: expected classes that the metadata of ${file} name (${listed(found.names)}), got "${classNames[found.stranger]}"; rename the class or leave it out`,
    );
  return new DataError(
    `${name}: expected a class for each of the ${found.outputs} outputs of ${file}, whose file does not name them, got ${classes} (${listed(classNames)}); ` +
      `name each class by the number of its output, from 0, or write all names into the metadata of the file as "class_names"`,
  );
}
