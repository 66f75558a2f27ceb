import type { Graph } from "../graph/graph.ts";
import { DataError, UnsupportedError } from "../tensor/errors.ts";

const whileRunning = /^Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: (.*)$/;
/** Where in ONNX Runtime's own source the message was written. */
const source = /^\S+\.(cc|h):\d+ (\S+ )?/;
const byZero = /^Integer (division|modulo) by zero$/;

/**
 * The engine's own words on one line. What fails while it runs is in the data (`DataError`: an index out of bounds, a division by 0),
 * what it does not load in the model (`UnsupportedError`).
 */
export function engineFailure(message: string): Error {
  const [whole, op, name, words = ""] = whileRunning.exec(oneLine(message)) ?? [];
  if (whole === undefined)
    return new UnsupportedError(
      `onnxruntime: expected a graph that it can run, got "${oneLine(message)}"; replace the operator in the model`,
    );
  const reason = words.replace(source, "");
  const expected = byZero.test(reason)
    ? "whole numbers to be divided by others than 0, and the least of them by others than -1"
    : "data that can be computed with";
  return new DataError(`onnxruntime: expected ${expected} at node "${name}" (${op}), got "${reason}"; check the data`);
}

export function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, " ").trim();
}

export function assertLoaded({ name }: Graph, { released }: { readonly released: boolean }): void {
  if (released)
    throw new Error(`session: expected graph "${name}" to be loaded, got a released session; load it again`);
}

export function assertIdle(busy: boolean): void {
  if (busy) throw new Error("run: expected the previous run to be over, got another one; await each run");
}

/** A transferred buffer has given its memory away, which the engine would still read and write. */
export function assertAttached(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer && buffer.detached)
    throw new Error("run: expected the bound tensors to keep their memory, got a transferred buffer; bind again");
}
