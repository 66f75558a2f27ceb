import { arch, availableParallelism, platform, totalmem } from "node:os";
import { displayWidth } from "../../report/terminal/displayWidth.ts";
import { engineReport, openEngine } from "../../runtime/open.ts";
import { EngineUnavailableError } from "../../tensor/errors.ts";
import { errorInWords } from "../../text/errorWords.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { version } from "../version.ts";

interface Facts {
  readonly batchscope: string;
  readonly node: string;
  readonly platform: string;
  readonly processors: number;
  readonly memoryGibibytes: number;
  readonly engines: Readonly<Record<string, string>>;
  readonly trainingUses: string | null;
}

/** The command `doctor`: versions, engines and which one training uses here. Exit code 5 where no engine loads. */
export async function runDoctor({ json }: { readonly json?: boolean | undefined }): Promise<void> {
  const engines = await engineReport();
  const chosen = await openEngine().then(
    ({ name }) => name,
    () => null,
  );
  const facts: Facts = {
    batchscope: version(),
    node: process.version,
    platform: `${platform()}-${arch()}`,
    processors: availableParallelism(),
    memoryGibibytes: Math.round((10 * totalmem()) / 2 ** 30) / 10,
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

function lines({ batchscope, engines, trainingUses, ...machine }: Facts): string[] {
  const text = textIn(languageOf(process.env)).commands.doctor;
  const names = Object.entries(machine) as [keyof typeof machine, string | number][];
  const entries = [
    ["batchscope", batchscope] as const,
    ...names.map(([name, value]) => [text[name], String(value)] as const),
    ...Object.entries(engines).map(([engine, report]) => [text.engine(engine), errorInWords(String(report))] as const),
    [text.trainingUses, trainingUses ?? text.none] as const,
  ];
  return entries.map(([name, value]) => `${padded(name)}${value}`);
}

/** A name and what keeps the values of all below each other. */
function padded(name: string): string {
  return name + " ".repeat(Math.max(0, 18 - displayWidth(name)));
}
