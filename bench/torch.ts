import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { EngineUnavailableError } from "../src/tensor/errors.ts";

/** What the PyTorch process is told to build. Arrays are base64 of little-endian float32. */
export interface TorchModel {
  readonly model: string;
  readonly parameters: readonly string[];
  /** Of all batches, one after the other; steps take them in turn. */
  readonly images: string;
  /** Of one example. */
  readonly shape: readonly number[];
  /** One array a batch. */
  readonly labels: readonly (readonly number[])[];
  readonly learningRate: number;
  readonly momentum: number;
}

export interface TorchFirstSteps {
  /** Mean over the batch, before the first step. */
  readonly loss: number;
  readonly gradients: readonly string[];
  /** Parameters after two steps. */
  readonly after: readonly string[];
}

/** A process that waits while nothing is asked of it. */
export interface Torch {
  readonly version: string;
  readonly blas: string;
  load(key: string, model: TorchModel): Promise<TorchFirstSteps>;
  /** Seconds of each of `count` training steps. */
  run(key: string, count: number): Promise<number[]>;
  close(): void;
}

interface Greeting {
  readonly version: string;
  readonly threads: number;
  readonly blas: string | null;
}

/**
 * Starts `python` with PyTorch on `threads` threads. Throws `EngineUnavailableError` where PyTorch is missing, and where it multiplies
 * with the reference BLAS, sixteen times slower than OpenBLAS at batch 64: a comparison with that would say nothing.
 */
export async function openTorch(python: string, threads: number): Promise<Torch> {
  const names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];
  const environment = Object.fromEntries(names.map((name) => [name, String(threads)]));
  const script = new URL("pytorch_step.py", import.meta.url).pathname;
  const child = spawn(python, [script, String(threads)], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const reader = createInterface({ input: child.stdout });
  child.on("error", () => reader.close());
  const lines = reader[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done)
      throw new EngineUnavailableError(
        `bench: expected ${python} to run PyTorch, got its end; apt-get install python3-torch libopenblas0-pthread`,
      );
    return JSON.parse(value) as T;
  };
  const ask = <T>(request: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer<T>();
  };
  const { version, blas } = await answer<Greeting>();
  const close = () => child.stdin.end();
  if (!blas) {
    close();
    await once(child, "exit");
    throw new EngineUnavailableError(
      `bench: expected PyTorch ${version} with OpenBLAS, MKL or BLIS, got the reference BLAS; apt-get install libopenblas0-pthread`,
    );
  }
  return {
    version,
    blas,
    load: (key, model) => ask({ do: "load", key, ...model }),
    run: async (key, count) => (await ask<{ seconds: number[] }>({ do: "run", key, count })).seconds,
    close,
  };
}
