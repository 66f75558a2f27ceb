import { landscapeDocument, landscapePlace } from "../../api/landscapeDocument.ts";
import { openChosenEngine } from "../../session/engine.ts";
import {
  LANDSCAPE_EXAMPLES,
  type Landscape,
  type LandscapeQuestion,
  measureLandscape,
} from "../../session/landscape/measure.ts";
import type { Meter, MeteredPart } from "../../session/landscape/parts.ts";
import { keepLandscape } from "../../store/landscape.ts";
import type { Run } from "../../store/runs.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { requireNewFolder } from "../outputs.ts";
import { onSignals } from "../signals.ts";
import { print, printJson } from "../terminal/print.ts";
import { chooseProgress, createProgress, type ProgressBar } from "../terminal/progress.ts";
import { landscapeLines } from "../terminal/showLandscape.ts";
import { whileReading } from "../whileReading.ts";
import { everyCheckpoint } from "./landscapeCheckpoints.ts";
import { writeLandscape } from "./landscapeFiles.ts";
import { askedOf, endOf, type LandscapeAsked, type LandscapeFlags, runOf, subjectOf } from "./landscapeFlags.ts";

/** The command `landscape`: what the loss is like at a checkpoint of a run, or at any parameters of a model. */
export async function runLandscape(reference: string | undefined, flags: LandscapeFlags): Promise<void> {
  const asked = askedOf(flags);
  const run = runOf(reference, flags);
  if (flags.out !== undefined) requireNewFolder("--out", flags.out, [flags.data, flags.parameters]);
  const text = textIn(languageOf(process.env));
  const measure = async (what: LandscapeAsked, at: LandscapeFlags, name = "") => {
    const subject = await subjectOf(run, at, asked.seed);
    const slice = { ...what.slice, to: endOf(run, subject, at) };
    return measured({ ...what, subject, slice }, { device: flags.device, name, text });
  };
  if (run === null) return shown(run, await measure(asked, flags), flags);
  return whileReading(run, reference!, async () => {
    if (flags.checkpoint === "all") return everyCheckpoint(run, { asked, flags }, measure);
    const found = await measure(asked, flags);
    if (found.place) keepLandscape(run, landscapePlace(found, asked.seed));
    return shown(run, found, flags);
  });
}

async function shown(run: Run | null, found: Landscape, flags: LandscapeFlags): Promise<void> {
  const text = textIn(languageOf(process.env));
  const files = await writeLandscape(run, found, flags.out);
  const of = run === null ? { model: flags.model, data: flags.data } : { run: run.record.id };
  if (flags.json) printJson({ ...of, ...landscapeDocument(found), files });
  else {
    const { columns, isTTY } = process.stdout;
    const beside = { files, verbose: flags.verbose === true, columns: isTTY ? columns : undefined };
    print(...landscapeLines(found, beside, text));
  }
}

interface Means {
  readonly device: string;
  /** Stands before the progress. */
  readonly name: string;
  readonly text: Text;
}

async function measured(question: LandscapeQuestion, { device, name, text }: Means): Promise<Landscape> {
  const engine = await openChosenEngine(process.env, device);
  const signals = onSignals(text.commands.stopping.pass);
  const mode = chooseProgress("auto", process.stderr.isTTY === true, process.env.TERM);
  const progress = createProgress(mode, process.stderr, () => performance.now());
  const { train } = question.subject;
  const examples = Math.min(question.examples ?? LANDSCAPE_EXAMPLES, train.size);
  try {
    const meter = meterOf(progress, examples, (part) => name + text.landscape.parts[part]);
    return await measureLandscape(question, { engine, signal: signals.aborted, meter });
  } finally {
    progress.finish();
    signals.stopListening();
  }
}

/** Items are examples that went through the network. */
function meterOf(progress: ProgressBar, examples: number, nameOf: (part: MeteredPart) => string): Meter {
  let [done, total] = [0, 0];
  return {
    start(part, passes) {
      [done, total] = [0, passes * examples];
      progress.start(nameOf(part), total);
    },
    passed(count) {
      done = Math.min(total, done + count);
      progress.update(done);
    },
  };
}
