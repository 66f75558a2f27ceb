import { type Device, devices, type Engine } from "../runtime/engine.ts";
import { openDevice, openEngine } from "../runtime/open.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { deviceHint } from "./deviceHint.ts";

/**
 * The engine for the option `device`; on the processor the one that `BATCHSCOPE_ENGINE` names, else the best that loads
 * here.
 */
export async function openChosenEngine(
  environment: Readonly<Record<string, string | undefined>>,
  device = "cpu",
): Promise<Engine> {
  if (!devices.includes(device as Device))
    throw new UsageError(
      `${option("device")}: expected one of ${devices.join(", ")}, got "${device}"${deviceHint(device) || "; choose one of them"}`,
    );
  const name = environment.BATCHSCOPE_ENGINE;
  if (!name || device !== "cpu") return openDevice(device as Device);
  if (name !== "native" && name !== "binding")
    throw new UsageError(
      `BATCHSCOPE_ENGINE: expected native or binding, got "${name}"; unset it to choose automatically`,
    );
  return openEngine(name);
}
