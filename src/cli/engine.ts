import type { Engine } from "../runtime/engine.ts";
import { openEngine } from "../runtime/open.ts";
import { UsageError } from "../tensor/errors.ts";

/** The engine that `BATCHSCOPE_ENGINE` names, else the best that loads here. */
export async function openChosenEngine(environment: Readonly<Record<string, string | undefined>>): Promise<Engine> {
  const name = environment.BATCHSCOPE_ENGINE;
  if (!name) return openEngine();
  if (name !== "native" && name !== "binding")
    throw new UsageError(
      `BATCHSCOPE_ENGINE: expected native or binding, got "${name}"; unset it to choose automatically`,
    );
  return openEngine(name);
}
