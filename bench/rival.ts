import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { EngineUnavailableError } from "../src/tensor/errors.ts";

/** What the other process is told to build. Arrays are base64 of little-endian float32. */
export interface RivalModel {
  readonly model: string;
  /** By the names and in the layouts of ours, which are PyTorch's. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Of all batches, one after the other; steps take them in turn. */
  readonly images: string;
  /** Of one example. */
  readonly shape: readonly number[];
  /** One array a batch. */
  readonly labels: readonly (readonly number[])[];
  /** Of the two steps that `load` takes. */
  readonly firstRate: number;
  /** Of all later ones. */
  readonly learningRate: number;
  readonly momentum: number;
}

export interface FirstSteps {
  /** Mean over the batch, before the first step. */
  readonly loss: number;
  readonly gradients: Readonly<Record<string, string>>;
  /** Parameters after two steps. */
  readonly after: Readonly<Record<string, string>>;
}

/** Some training steps, one after the other. */
export interface Block {
  /** Of each step. */
  readonly seconds: readonly number[];
  /** Seconds that the process kept processors busy, over all steps. */
  readonly processor: number;
}

/** Another library in a process of its own, which waits while nothing is asked of it. */
export interface Rival {
  /** Library, version and what else the times depend on. */
  readonly name: string;
  load(key: string, model: RivalModel): Promise<FirstSteps>;
  run(key: string, count: number): Promise<Block>;
  /** Ends the process and waits for its end. */
  close(): Promise<void>;
}

export interface RivalCommand {
  readonly command: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** How to get what is missing where the process ends without an answer. */
  readonly install: string;
}

/**
 * Starts the process, which first says its `name` and then answers each line of JSON with one line, as pytorch_step.py
 * tells. Throws `EngineUnavailableError` where it ends instead.
 */
export async function openRival({ command, parameters, environment, install }: RivalCommand): Promise<Rival> {
  const child = spawn(command, parameters, {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const reader = createInterface({ input: child.stdout });
  child.on("error", () => reader.close());
  // Its end shows in the missing answer.
  child.stdin.on("error", () => reader.close());
  const lines = reader[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done)
      throw new EngineUnavailableError(
        `bench: expected ${command} ${parameters[0]} to answer, got its end; ${install}, or see above`,
      );
    return JSON.parse(value) as T;
  };
  const ask = <T>(request: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer<T>();
  };
  const { name } = await answer<{ name: string }>();
  return {
    name,
    load: (key, model) => ask({ do: "load", key, ...model }),
    run: (key, count) => ask({ do: "run", key, count }),
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
