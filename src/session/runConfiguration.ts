import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { dataSources } from "../data/registry.ts";
import { readEnvironment } from "../store/environment.ts";
import { readConfigText } from "../store/runs.ts";
import type { ScaledUpdates } from "../store/scaledUpdates.ts";
import { DataError, NotFoundError, option, UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import type { TrainConfiguration } from "./options/options.ts";

/**
 * What a run was started with. Throws `NotFoundError` and `DataError` where `resolveConfiguration` would blame the
 * user's file.
 */
export function readRunConfiguration(run: { readonly path: string }): TrainConfiguration {
  const path = join(run.path, "config.yaml");
  // What is no file, or far too large, is refused here.
  readConfigText(run);
  try {
    return resolveConfiguration({ config: path }, {});
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const place = error.message.startsWith(path) ? "" : `${path}: `;
    throw new DataError(place + error.message.replace(/;[^;]*$/, "; restore the file"));
  }
}

/** What the run's random numbers follow: its seed itself in runs that were begun before seeds were scattered. */
export function trainingSeedOf(run: { readonly path: string }, { seed }: TrainConfiguration): number {
  return readEnvironment(run)?.seeds.training ?? seed;
}

/** What the constants of the run's updates are; undefined where nothing was written down of them. */
export function scalingOf(run: { readonly path: string }): ScaledUpdates | undefined {
  return readEnvironment(run)?.scaling;
}

/**
 * The run's configuration with its files where they are: a relative path begins where the run did, and here where there
 * is none. `moved` says where its data are now. Throws `NotFoundError` naming what is at neither place.
 */
export function locateFiles(
  run: { readonly path: string },
  configuration: TrainConfiguration,
  moved?: string,
): TrainConfiguration {
  return filesFrom(readEnvironment(run)?.directory, configuration, moved);
}

/**
 * A configuration with its files where they are, for what was begun in the folder `begun`. Throws as `locateFiles`.
 */
export function filesFrom(
  begun: string | undefined,
  configuration: TrainConfiguration,
  moved?: string,
): TrainConfiguration {
  const where = (path: string) => (begun === undefined ? path : located(path, begun));
  const { data, model, initFrom } = configuration;
  const isKnown = Object.keys(dataSources).some((name) => name.toLowerCase() === data.toLowerCase());
  return {
    ...configuration,
    data: moved ?? (isKnown ? data : where(data)),
    model: model.endsWith(".onnx") ? where(model) : model,
    ...(initFrom !== undefined && { initFrom: where(initFrom) }),
  };
}

function located(path: string, begun: string): string {
  const there = resolve(begun, path);
  // An absolute path is refused by who reads it.
  if (there === resolve(path) || (!existsSync(there) && existsSync(path))) return path;
  if (existsSync(there)) return there;
  throw new NotFoundError(
    `${there}: expected what the run was started with, got nothing there; restore it, go to a folder where ${path} is, or tell analyze by ${option("data")}`,
  );
}
