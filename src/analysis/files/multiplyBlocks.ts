import type { Bound, Engine, Session } from "../../runtime/engine.ts";
import { engineScope } from "../../runtime/scope.ts";
import { gramOfRows } from "../../statistics/gramOfRows.ts";
import { is, requireArguments } from "../../tensor/arguments.ts";
import { tensor, zeros } from "../../tensor/tensor.ts";
import { blockGraph, blockName, productName } from "../../training/rowGraphs.ts";
import type { MultiplyBlock } from "./gradientSums.ts";

/** X·Xᵀ by the engine's float64 products, compiled once for each width. */
export function multiplyOnEngine(engine: Engine, threads: number): { multiply: MultiplyBlock; release(): void } {
  requireArguments("multiplyOnEngine", { engine, threads }, { engine: is.engine, threads: is.whole(1) });
  const sessions = engineScope(engine);
  const made = new Map<string, { session: Session; bound: Bound; block: Float64Array; products: Float64Array }>();
  const make = async (block: Float64Array, rows: number, width: number) => {
    const session = await sessions.load(blockGraph(rows, width, "float64"), { threads });
    const products = zeros("float64", [rows, rows]);
    const held = block.subarray(0, rows * width);
    const bound = session.bind({ [blockName]: tensor("float64", [rows, width], held), [productName]: products });
    return { session, bound, block, products: products.data as Float64Array };
  };
  return {
    async multiply(block, rows, width) {
      const key = `${rows} ${width}`;
      let one = made.get(key);
      if (one?.block !== block) {
        one?.session.release();
        one = await make(block, rows, width);
        made.set(key, one);
      }
      await one.bound.run();
      return one.products;
    },
    release: sessions.release,
  };
}

/** The same without an engine: slower, and what the engine is tested against. */
export const multiplyPlainly: MultiplyBlock = async (block, rows, width) => {
  const views = Array.from({ length: rows }, (_, k) => block.subarray(k * width, (k + 1) * width));
  return gramOfRows(views, Array<number>(rows).fill(1)).products;
};
