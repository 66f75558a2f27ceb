import type { Graph } from "../graph/graph.ts";
import { DataError, ShapeError, UnsupportedError } from "../tensor/errors.ts";

const whileRunning = /^Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: (.*)$/;
/** Where in ONNX Runtime's own source the message was written. */
const source = /^\S+\.(cc|h):\d+ (\S+ )?/;
const byZero = /^Integer (division|modulo) by zero$/;
/** What numbers alone can do wrong, in whosever graph. */
const ofNumbers = /by zero|\b(index|indices?|indice)\b/i;
const ofMemory = /bad_alloc|failed to allocate|out of memory|allocation failed/i;

/** Whether the node of that name, of what is executed, is one that we wrote. */
export type IsOurs = (node: string) => boolean;

/**
 * By the graph before it is rewritten for an engine: what a rewriting makes of nodes of a file and gives another name
 * counts as the file's.
 */
export function ownNodes({ nodes }: Graph): IsOurs {
  const known = new Map(nodes.map(({ name, imported }) => [name, imported !== true]));
  const others = [...known.values()].every((isOurs) => isOurs);
  return (node) => known.get(node) ?? others;
}

/**
 * The engine's own words on one line. What fails while it runs is in the data (`DataError`: an index out of bounds, a
 * division by 0) or in the model of a file (`DataError`), what it does not load in the model (`UnsupportedError`), and
 * want of memory in sizes (`ShapeError`). What else fails in our own nodes is a fault of ours.
 */
export function engineFailure(message: string, isOurs: IsOurs = () => false): Error {
  const said = oneLine(message);
  const [whole, op, name, words = ""] = whileRunning.exec(said) ?? [];
  const at = whole === undefined ? "" : ` at node "${name}" (${op})`;
  const reason = whole === undefined ? said : words.replace(source, "");
  if (ofMemory.test(reason))
    return new ShapeError(
      `onnxruntime: expected memory for all values${at}, got "${reason}"; use a smaller micro-batch`,
    );
  if (whole === undefined)
    return new UnsupportedError(
      `onnxruntime: expected a graph that it can run, got "${said}"; replace the operator in the model`,
    );
  if (!ofNumbers.test(reason) && isOurs(name!))
    return new Error(`onnxruntime: expected to run a node of our own${at}, got "${reason}"; report it`);
  const expected = byZero.test(reason)
    ? "whole numbers to be divided by others than 0, and the least of them by others than -1"
    : "data that can be computed with";
  return new DataError(`onnxruntime: expected ${expected}${at}, got "${reason}"; check the data`);
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
