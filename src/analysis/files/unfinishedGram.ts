import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { decodeSafetensors, encodeSafetensors } from "../../data/files/safetensors.ts";
import { writeAtomically } from "../../store/document.ts";
import { readRegularFile } from "../../store/file.ts";
import { DataError } from "../../tensor/errors.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { GramSoFar } from "./gradientGram.ts";

/** The sums of a pass over gradients that was interrupted, in one .safetensors file. */
export interface UnfinishedGram {
  readonly path: string;
  /** Undefined where there is none, it is damaged, or it is of other gradients or another way to sum them. */
  read(): GramSoFar | undefined;
  write(soFar: GramSoFar): void;
  remove(): void;
}

/** `about` is all that the sums depend on: the fingerprint of the gradients, the sketch and its seed. */
export function unfinishedGram(path: string, about: unknown): UnfinishedGram {
  const fingerprint = createHash("sha256").update(JSON.stringify(about)).digest("hex");
  return {
    path,
    read() {
      try {
        const bytes = readRegularFile(path);
        if (bytes === null) return undefined;
        const { tensors, metadata } = decodeSafetensors(bytes, path);
        if (metadata.fingerprint !== fingerprint) return undefined;
        // The file's memory is not aligned for every array.
        const arrays = new Map([...tensors].map(([name, { data }]) => [name, Float64Array.from(data as Float64Array)]));
        return { part: Number(metadata.part), column: Number(metadata.column), arrays };
      } catch (error) {
        if (error instanceof DataError) return undefined;
        throw error;
      }
    },
    write({ part, column, arrays }) {
      const tensors = [...arrays].map(([name, values]) => [name, tensor("float64", [values.length], values)] as const);
      const metadata = { fingerprint, part: String(part), column: String(column) };
      writeAtomically(path, encodeSafetensors(new Map(tensors), metadata));
    },
    remove: () => rmSync(path, { force: true }),
  };
}
