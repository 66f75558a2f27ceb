import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { fingerprint } from "../data/fingerprint.ts";
import { createRun } from "../store/create.ts";
import type { Surroundings } from "../store/describeEnvironment.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { formatCommand } from "./command.ts";
import type { TrainConfiguration } from "./options/options.ts";
import type { OpenRun, Prepared } from "./prepared.ts";

/**
 * A new run for what was prepared; its surroundings are those of this process, and its fingerprints are taken, where
 * none are given.
 */
export async function createSessionRun(
  prepared: Prepared,
  surroundings?: Surroundings,
  fingerprints?: Readonly<Record<string, string>>,
): Promise<OpenRun> {
  const { configuration, options } = prepared;
  const { model, name = options.train.name, description, keepCheckpoints, seed } = configuration;
  const writer = createRun(storeDirectory(configuration.dir), {
    ...decidedOf(configuration),
    model,
    name,
    description,
    keepCheckpoints,
    data: prepared.data ?? undefined,
    seeds: { seed, training: options.seed },
    fingerprints: fingerprints ?? (await fingerprintsOf(prepared)),
    scaling: prepared.scaled ?? undefined,
    surroundings,
  });
  return { writer, before: [], remarks: [] };
}

/** What config.yaml and command.txt keep of a configuration: everything but how it is shown. */
export function decidedOf(configuration: TrainConfiguration): { config: Record<string, unknown>; command: string } {
  const { json: _json, progress: _progress, description, ...decided } = configuration;
  const given = Object.entries({ ...decided, description }).filter(([, value]) => value !== undefined);
  const command = formatCommand("train", { ...decided, description: description || undefined });
  return { config: Object.fromEntries(given), command };
}

/** What was read: the data as the model sees them, and the files of an imported model and of weights to start from. */
export async function fingerprintsOf({ configuration, options }: Prepared): Promise<Record<string, string>> {
  const { model, initFrom } = configuration;
  return {
    train: await fingerprint(options.train),
    validation: await fingerprint(options.validation),
    ...(model.endsWith(".onnx") && { model: await digestOf(model) }),
    ...(initFrom !== undefined && { initFrom: await digestOf(initFrom) }),
  };
}

/** SHA-256 of a file of any size. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}
