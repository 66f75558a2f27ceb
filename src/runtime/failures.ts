import type { Graph } from "../graph/graph.ts";

/** The engine's own words on one line. */
export function engineFailure(message: string): Error {
  return new Error(`onnxruntime: ${oneLine(message)}`);
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
