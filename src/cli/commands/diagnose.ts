import { extname, join, relative, resolve } from "node:path";
import { diagnose, type PlannedDiagnosis } from "../../advice/diagnosis/diagnose.ts";
import { diagnosed } from "../../api/diagnose.ts";
import { type DiagnosisDocument, remedyWords, withCommands } from "../../api/diagnosisDocument.ts";
import { candidatesIn, FEWEST_SEEDS, tryRemedies } from "../../experiment/diagnosis/tryRemedies.ts";
import { diagnosisAnswer, diagnosisLines } from "../../report/terminal/diagnosisLines.ts";
import { formatCommand } from "../../session/command.ts";
import { readForeignLog } from "../../session/diagnosis/foreignLog.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { decimal, wholeNumber } from "../../session/numbers.ts";
import { readRunConfiguration } from "../../session/runConfiguration.ts";
import { requireStore } from "../../store/create.ts";
import { type Diagnosis, type DiagnosisKind, diagnosisKinds, type Gain } from "../../store/diagnosis.ts";
import type { Run } from "../../store/runs.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { requireNewFile, writeNewFile } from "../outputs.ts";
import { printedCommand } from "../printedCommands.ts";
import { onSignals } from "../signals.ts";
import { subjectOf } from "../subject.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { whileReading } from "../whileReading.ts";

/** Options of `diagnose`. */
export interface DiagnoseFlags {
  readonly log?: string | undefined;
  readonly try?: boolean | undefined;
  readonly seconds: string;
  readonly seeds: string;
  readonly jobs: string;
  readonly out?: string | undefined;
  readonly failOn?: string | undefined;
  readonly verbose?: boolean | undefined;
  readonly device: string;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** A diagnosis was found that `--fail-on` names. */
const FOUND = 3;

/** The command `diagnose`: why a run, or the training of another program, is as it is. */
export async function runDiagnose(reference: string | undefined, flags: DiagnoseFlags): Promise<void> {
  const failing = kindsOf(flags.failOn);
  requirePage(flags.out, flags.log);
  const asked = flags.log === undefined ? await ofRun(reference!, flags) : await ofLog(flags.log, reference);
  await tell(asked, flags);
  if (isFailing(asked.found, failing)) process.exitCode = FOUND;
}

/** Of curves alone. */
async function ofLog(log: string, reference: string | undefined): Promise<Told> {
  if (reference !== undefined)
    throw new UsageError(
      `--log: expected a log in place of a run, got the run ${reference} too; leave one of them out`,
    );
  const found = withCommands(diagnose(await readForeignLog(log)), () => null);
  return { subject: log, found, again: printedCommand(formatCommand("diagnose", { log }).replace(/^batchscope /, "")) };
}

async function ofRun(reference: string, flags: DiagnoseFlags): Promise<Told> {
  const run = openNamedRun(flags.dir, reference);
  requireRecords(run, ["config.yaml"]);
  const means = {
    jobs: wholeNumber("--jobs", flags.jobs, 1),
    seconds: secondsOf(flags.seconds),
    seeds: wholeNumber("--seeds", flags.seeds, FEWEST_SEEDS),
  };
  const planned = await whileReading(
    run,
    reference,
    async () => (await diagnosed(run, await openChosenEngine(process.env, flags.device))).planned,
  );
  const gains = flags.try
    ? await triedHere(run, planned, { ...means, directory: storeDirectory(flags.dir) })
    : undefined;
  const { id } = run.record;
  const found = withCommands(planned, commandsOf(run), gains);
  return { subject: id, found, again: printedCommand(`diagnose ${id}`, { id, path: run.path }) };
}

function secondsOf(text: string): number {
  const value = decimal(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--seconds: expected a number of seconds above 0, got ${JSON.stringify(text)}; change it`);
}

/** What the first remedies gain; nothing where no finding has one that can be tried. */
async function triedHere(
  run: Run,
  { findings }: PlannedDiagnosis,
  means: { readonly jobs: number; readonly seconds: number; readonly seeds: number; readonly directory: string },
): Promise<ReadonlyMap<string, Gain>> {
  const text = textIn(languageOf(process.env));
  const harmful = findings.filter(({ strength }) => strength !== "note");
  const candidates = candidatesIn((harmful.length > 0 ? harmful : findings).flatMap(({ remedies }) => remedies));
  if (candidates.length === 0) {
    say(text.diagnosis.nothingToTry);
    return new Map();
  }
  requireStore(means.directory);
  const signals = onSignals(text.comparison.stopping);
  const progress = showStudy(process.stderr, text);
  try {
    const watched = { ...means, retries: 0, signal: signals.aborted, listen: progress.listen };
    const { gains, study } = await tryRemedies(run, candidates, watched);
    progress.finish();
    say(text.diagnosis.tried(study));
    return gains;
  } finally {
    progress.finish();
    signals.stopListening();
  }
}

/** As they can be pasted here. */
function commandsOf(run: Run) {
  const { id } = run.record;
  const subject = subjectOf({ id, path: run.path }, readRunConfiguration(run));
  const [whole, from] = [join(run.path, "config.yaml"), relative(process.cwd(), join(run.path, "config.yaml"))];
  const place = { run: id, config: from.length < whole.length ? from : whole };
  return (remedy: Parameters<typeof remedyWords>[0]) => {
    const words = remedyWords(remedy, place);
    return words === null ? null : printedCommand(words, subject);
  };
}

interface Told {
  readonly subject: string;
  readonly found: Diagnosis;
  /** The command that says it again. */
  readonly again: string;
}

async function tell({ subject, found, again }: Told, { out, json, verbose }: DiagnoseFlags): Promise<void> {
  const text = textIn(languageOf(process.env));
  if (out !== undefined) {
    // Drawing is loaded only where something is drawn.
    const { diagnosisPage } = await import("../../report/page/diagnosisPage.ts");
    writeNewFile("--out", resolve(out), diagnosisPage({ subject, found, command: again }, text));
  }
  const answer = diagnosisAnswer(found, textIn("en").diagnosis);
  if (json) printJson({ subject, answer, ...found } satisfies DiagnosisDocument);
  else {
    print(...diagnosisLines(found, text.diagnosis, verbose === true));
    if (out !== undefined) print("", `${text.diagnosis.page.file}  ${out}`);
  }
}

function kindsOf(text: string | undefined): readonly DiagnosisKind[] {
  const asked = (text ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
  const odd = asked.find((one) => !(diagnosisKinds as readonly string[]).includes(one));
  if (odd === undefined) return asked as DiagnosisKind[];
  throw new UsageError(
    `--fail-on: expected kinds of findings, got "${odd}"${didYouMean(odd, diagnosisKinds) || "; see docs/diagnosis.md for all of them"}`,
  );
}

const isFailing = ({ findings }: Diagnosis, kinds: readonly DiagnosisKind[]) =>
  findings.some(({ kind, strength }) => strength !== "note" && kinds.includes(kind));

function requirePage(out: string | undefined, log: string | undefined): void {
  if (out === undefined) return;
  requireNewFile("--out", out, [log]);
  if (extname(out) !== ".html")
    throw new UsageError(`--out: expected a file that ends in .html, got "${out}"; name one`);
}
