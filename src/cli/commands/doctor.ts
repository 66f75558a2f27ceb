import { arch, availableParallelism, platform, totalmem } from "node:os";
import { engineReport, openEngine } from "../../runtime/open.ts";
import { EngineUnavailableError } from "../../tensor/errors.ts";
import { print, printJson } from "../terminal/print.ts";
import { version } from "../version.ts";

/** The command `doctor`: versions, engines and which one training uses here. Exit code 5 where no engine loads. */
export async function runDoctor({ json }: { readonly json?: boolean | undefined }): Promise<void> {
  const engines = await engineReport();
  const chosen = await openEngine().then(
    ({ name }) => name,
    () => null,
  );
  const facts = {
    batchscope: version(),
    node: process.version,
    platform: `${platform()}-${arch()}`,
    processors: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 1e8) / 10,
    engines,
    trainingUses: chosen,
  };
  if (json) printJson(facts);
  else print(...lines(facts));
  if (chosen === null)
    throw new EngineUnavailableError(
      "doctor: expected one engine to load, got none; reinstall batchscope on a supported platform",
    );
}

function lines(facts: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(facts).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? Object.entries(value).map(([engine, report]) => [`engine ${engine}`, String(report)] as const)
      : [[name, String(value)] as const],
  );
  return entries.map(([name, value]) => `${name.padEnd(18)}${value}`);
}
