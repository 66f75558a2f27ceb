import { openChosenEngine } from "../../session/engine.ts";
import type { Prepared } from "../../session/prepared.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { devRun } from "../../training/devRun.ts";
import { languageOf } from "../language.ts";
import { print, printJson, say } from "../terminal/print.ts";

/** `--fast-dev-run`: says what came out, and leaves nothing behind. */
export async function tryOut({ configuration, options, remarks }: Prepared): Promise<void> {
  const words = textIn(languageOf(process.env)).remarks;
  for (const remark of remarks) say(said(remark, words));
  const engine = await openChosenEngine(process.env, configuration.device);
  const { losses, validationLoss, checkpointBytes } = await devRun(engine, options);
  if (configuration.json) {
    const tried = { fastDevRun: true, losses, validationLoss, checkpointBytes };
    printJson(tried);
    return;
  }
  const shown = losses.map((loss) => loss.toFixed(4));
  const text = textIn(languageOf(process.env)).commands.plan;
  print(text.tried({ losses: shown, validationLoss: validationLoss.toFixed(4), bytes: checkpointBytes }));
}
