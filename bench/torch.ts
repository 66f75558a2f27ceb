import { EngineUnavailableError } from "../src/tensor/errors.ts";
import { openRival, type Rival } from "./rival.ts";

/**
 * Starts `python` with PyTorch on `threads` threads. Throws `EngineUnavailableError` where PyTorch is missing, and
 * where it multiplies with the reference BLAS, sixteen times slower than OpenBLAS at batch 64: a comparison with that
 * would say nothing.
 */
export async function openTorch(python: string, threads: number): Promise<Rival> {
  const names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];
  const rival = await openRival({
    command: python,
    parameters: [new URL("pytorch_step.py", import.meta.url).pathname, String(threads)],
    environment: Object.fromEntries(names.map((name) => [name, String(threads)])),
    install: "apt-get install python3-torch libopenblas0-pthread",
  });
  if (!rival.name.endsWith("reference BLAS")) return rival;
  await rival.close();
  throw new EngineUnavailableError(
    `bench: expected PyTorch with OpenBLAS, MKL or BLIS, got ${rival.name}; apt-get install libopenblas0-pthread`,
  );
}
