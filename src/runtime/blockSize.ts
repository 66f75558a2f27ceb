import type { Graph } from "../graph/graph.ts";
import { addInput, addNode, addOutput, newGraph } from "../graph/graph.ts";
import { fromNumbers, zeros } from "../tensor/tensor.ts";
import type { BlockSize } from "./channelBlocks.ts";
import type { Session } from "./engine.ts";

const CHANNELS = 16;

/**
 * How wide the blocks of channels of this processor are, as ONNX Runtime lays them out; undefined where it has no
 * kernels for them. `load` must take the graph as it is.
 */
export async function findBlockSize(load: (graph: Graph) => Promise<Session>): Promise<BlockSize | undefined> {
  const shape = [1, CHANNELS, 1, 2];
  const graph = newGraph("channel_blocks");
  const x = addInput(graph, "x", "float32", shape);
  const node = { op: "ReorderInput", domain: "com.microsoft.nchwc", inputs: [x], outputs: [x] };
  addOutput(graph, "y", addNode(graph, node)[0]!);
  const y = zeros("float32", shape);
  try {
    const session = await load(graph);
    const numbers = Array.from({ length: 2 * CHANNELS }, (_, i) => i);
    try {
      await session.bind({ x: fromNumbers("float32", shape, numbers), y }).run();
    } finally {
      session.release();
    }
  } catch {
    return undefined;
  }
  // The second place of the first channel comes after the first places of a block.
  const size = (y.data as Float32Array).indexOf(1);
  return size === 8 || size === 16 ? size : undefined;
}
