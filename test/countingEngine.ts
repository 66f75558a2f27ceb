import type { Engine } from "../src/runtime/engine.ts";

/** The engine, with the number of graphs that it was asked to compile. */
export function counting(engine: Engine): Engine & { loads(): number } {
  let count = 0;
  return {
    name: engine.name,
    load(graph, options) {
      count++;
      return engine.load(graph, options);
    },
    loads: () => count,
  };
}
