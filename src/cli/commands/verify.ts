import { accumulationVerdict } from "../../advice/studyVerdicts.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { openReference } from "../../runtime/reference.ts";
import { type LossTexts, readLossFlags } from "../../session/configuration.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { severalOutputs } from "../../session/modelRemarks.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { describeLoss, resolveLoss } from "../../session/options/loss.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { CommandsText } from "../../text/en/commands.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { requireFit, requireWeights } from "../../training/fit.ts";
import { openModel } from "../../training/openModel.ts";
import { type EngineVerdict, mixingLayers, verifyAccumulation } from "../../training/verify.ts";
import { languageOf } from "../language.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { type DataTexts, openDataFlags } from "./openDataFlags.ts";

/** What float32 sums in another order may differ by, and what float64 ones may. */
const TOLERANCE = { float32: 1e-6, float64: 1e-12 };

export interface VerifyFlags extends LossTexts, DataTexts {
  readonly model: string;
  readonly output?: string | undefined;
  readonly data: string;
  readonly subset?: string | undefined;
  readonly batchSize: string;
  readonly gradientAccumulationSteps: string;
  readonly seed: string;
  readonly device: string;
  readonly json?: boolean | undefined;
}

/** The command `verify`. Exit code 1 where accumulation does not give the large batch's gradient. */
export async function runVerify(flags: VerifyFlags): Promise<void> {
  const batch = wholeNumber("--batch-size", flags.batchSize, 1);
  const steps = wholeNumber("--gradient-accumulation-steps", flags.gradientAccumulationSteps, 1);
  const { train } = await openDataFlags(flags.data, flags);
  if (batch * steps > train.size)
    throw new UsageError(
      `verify: expected at most the ${train.size} examples of ${train.name}, got ${batch} × ${steps}; lower --batch-size`,
    );
  const model = await openModel(flags.model, train, wholeNumber("--seed", flags.seed, 0), { output: flags.output });
  const loss = resolveLoss(readLossFlags(flags), train);
  requireWeights(model);
  await requireFit(model, [train], loss);
  for (const remark of severalOutputs(model)) say(said(remark, textIn(languageOf(process.env)).remarks));
  const engine = await openChosenEngine(process.env, flags.device);
  const window = Array<number>(steps).fill(batch);
  const own = await verifyAccumulation(engine, model, train, { window, tolerance: TOLERANCE.float32, loss });
  const exact = { window, tolerance: TOLERANCE.float64, loss };
  const reference = await verifyAccumulation(openReference(await openChosenEngine(process.env)), model, train, exact);
  const mixing = mixingLayers(model, loss);
  const equal = own.equal && reference.equal;
  const drops = (model.dropout?.length ?? 0) > 0;
  const found = { ...own, equal, reference, notReproduced: mixing, dropout: drops ? "off" : "none" };
  const answer = [accumulationVerdict(window, [own, reference], mixing)];
  const result = { loss: loss.name, lossOptions: loss.options, ...found, answer };
  if (flags.json) printJson(result);
  else {
    const text = textIn(languageOf(process.env));
    const words = text.commands.verify;
    print(
      ...answerLines(answer, text),
      "",
      ...lines({ loss: describeLoss(loss), verdicts: [own, reference], mixing }, words),
      ...(drops ? [words.dropout] : []),
    );
  }
  if (!equal) process.exitCode = 1;
}

interface Found {
  readonly loss: string;
  readonly verdicts: readonly EngineVerdict[];
  readonly mixing: readonly string[];
}

function lines({ loss, verdicts, mixing }: Found, words: CommandsText["verify"]): string[] {
  const compared = verdicts.flatMap(({ engine, equal, maxRelativeDifference, tolerance, comparisons }) => [
    words.verdict({
      engine,
      type: engine === "reference" ? "float64" : "float32",
      equal,
      difference: maxRelativeDifference.toExponential(1),
      tolerance,
    }),
    ...comparisons.map((one) =>
      words.comparison({
        window: one.microBatches.join(" + "),
        examples: one.examples,
        difference: one.maxRelativeDifference.toExponential(1),
        parameter: one.parameter,
      }),
    ),
  ]);
  return [words.loss(loss), ...compared, ...mixing.map(words.mixing)];
}
