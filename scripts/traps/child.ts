import { writeSync } from "node:fs";
import type { OpName } from "../../src/ops/table.ts";
import type { Engine } from "../../src/runtime/engine.ts";
import { zeros } from "../../src/tensor/tensor.ts";
import { type Attempt, attempts } from "./attempts.ts";

/**
 * Runs the attempts on one operator from a place on, and says before each, to where the parent reads, what it is about
 * to do: the words must be out before the process dies.
 */
const [, , engineName = "", op = "", from = "0"] = process.argv;
const CHANNEL = 3;

const openers: Readonly<Record<string, () => Promise<Engine>>> = {
  native: async () => (await import("../../src/runtime/native.ts")).nativeEngine(),
  wasm: async () => (await import("../../src/runtime/web.ts")).webEngine(),
  // Dies as one would: proves that deaths are seen.
  dying: async () => ({ name: "native", load: async () => process.kill(process.pid, "SIGFPE") as never }),
};

const say = (message: object) => writeSync(CHANNEL, `${JSON.stringify(message)}\n`);

async function probe(engine: Engine, { build, feeds }: Attempt, place: number, about: string): Promise<void> {
  let [runs, refused] = [0, 0];
  try {
    const graph = build();
    say({ place, about: `${about}: load` });
    const session = await engine.load(graph);
    try {
      for (const { about: fed, tensors } of feeds(graph)) {
        const outputs = [...graph.outputs].map(([name, { type, shape }]) => [name, zeros(type, shape)] as const);
        say({ place, about: `${about}: ${fed}` });
        runs++;
        await session
          .bind({ ...tensors, ...Object.fromEntries(outputs) })
          .run()
          .catch(() => refused++);
      }
    } finally {
      session.release();
    }
  } catch {
    refused++;
  }
  say({ runs, refused });
}

const engine = await openers[engineName]!();
let place = 0;
for (const attempt of attempts(op as OpName)) {
  if (place >= Number(from)) await probe(engine, attempt, place, attempt.about);
  place++;
}
say({ done: true });
process.exit(0);
