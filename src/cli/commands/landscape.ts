import { landscapeDocument } from "../../api/landscapeDocument.ts";
import { openChosenEngine } from "../../session/engine.ts";
import {
  LANDSCAPE_EXAMPLES,
  type Landscape,
  type LandscapeQuestion,
  measureLandscape,
} from "../../session/landscape/measure.ts";
import type { Meter } from "../../session/landscape/parts.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { requireNewFolder } from "../outputs.ts";
import { onSignals } from "../signals.ts";
import { print, printJson } from "../terminal/print.ts";
import { chooseProgress, createProgress, type ProgressBar } from "../terminal/progress.ts";
import { landscapeLines } from "../terminal/showLandscape.ts";
import { whileReading } from "../whileReading.ts";
import { writeLandscape } from "./landscapeFiles.ts";
import { askedOf, endOf, type LandscapeFlags, runOf, subjectOf } from "./landscapeFlags.ts";

/** The command `landscape`: what the loss is like at a checkpoint of a run, or at any parameters of a model. */
export async function runLandscape(reference: string | undefined, flags: LandscapeFlags): Promise<void> {
  const asked = askedOf(flags);
  const run = runOf(reference, flags);
  if (flags.out !== undefined) requireNewFolder("--out", flags.out, [flags.data, flags.parameters]);
  const text = textIn(languageOf(process.env));
  const measure = async () => {
    const subject = await subjectOf(run, flags, asked.seed);
    const slice = { ...asked.slice, to: endOf(run, subject, flags) };
    return measured({ ...asked, subject, slice }, flags, text);
  };
  const found = await (run === null ? measure() : whileReading(run, reference!, measure));
  const files = await writeLandscape(run, found, flags.out);
  const of = run === null ? { model: flags.model, data: flags.data } : { run: run.record.id };
  if (flags.json) printJson({ ...of, ...landscapeDocument(found), files });
  else {
    const { columns, isTTY } = process.stdout;
    const shown = { files, verbose: flags.verbose === true, columns: isTTY ? columns : undefined };
    print(...landscapeLines(found, shown, text));
  }
}

async function measured(question: LandscapeQuestion, { device }: LandscapeFlags, text: Text): Promise<Landscape> {
  const engine = await openChosenEngine(process.env, device);
  const signals = onSignals(text.commands.stopping.rows);
  const mode = chooseProgress("auto", process.stderr.isTTY === true, process.env.TERM);
  const progress = createProgress(mode, process.stderr, () => performance.now());
  const { train } = question.subject;
  const examples = Math.min(question.examples ?? LANDSCAPE_EXAMPLES, train.size);
  try {
    const meter = meterOf(progress, examples, text);
    return await measureLandscape(question, { engine, signal: signals.aborted, meter });
  } finally {
    progress.finish();
    signals.stopListening();
  }
}

/** Items are examples that went through the network. */
function meterOf(progress: ProgressBar, examples: number, { landscape: { parts } }: Text): Meter {
  let [done, total] = [0, 0];
  return {
    start(part, passes) {
      [done, total] = [0, passes * examples];
      progress.start(parts[part], total);
    },
    passed(count) {
      done = Math.min(total, done + count);
      progress.update(done);
    },
  };
}
