import { type OpenData, openData } from "../../data/registry.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { type ReaderField, readerFields } from "../../session/options/readerOptions.ts";
import { dataOptionsOf, type SequenceField, sequenceFields } from "../../session/options/sequenceOptions.ts";
import { targetRuleOf } from "../../session/options/targetRule.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { say } from "../terminal/print.ts";

/** The options of `declareDataOptions` as commander gives them. */
export type DataTexts = { readonly [Field in ReaderField | SequenceField]?: string | boolean | undefined };

/** What a command says of the model and the loss, as far as it matters to targets. */
interface TargetTexts {
  readonly subset?: string | undefined;
  readonly model?: string | undefined;
  readonly output?: string | undefined;
  readonly loss?: string | undefined;
  readonly lossPreset?: string | undefined;
  readonly ignoreIndex?: string | undefined;
}

const targetFields = ["output", "loss", "lossPreset", "ignoreIndex"] as const satisfies (keyof TargetTexts)[];

/**
 * The data that a command without a configuration of its own is given, read and split as `train` does it. What was
 * decided for the user is said on stderr. Throws as `openData` and `resolveConfiguration`.
 */
export async function openDataFlags(data: string, flags: DataTexts & TargetTexts): Promise<OpenData> {
  const fields = [...Object.keys({ ...readerFields, ...sequenceFields }), ...targetFields] as (keyof DataTexts)[];
  const given = Object.fromEntries(fields.map((field) => [field, flags[field]]));
  // What else `train` is told does not matter to the data.
  const configuration = resolveConfiguration({ ...given, model: flags.model ?? "mlp", data }, {});
  const opened = await openData(data, {
    subset: flags.subset,
    ...dataOptionsOf(configuration),
    targets: targetRuleOf(configuration),
  });
  const words = textIn(languageOf(process.env)).remarks;
  for (const note of opened.notes) say(said(note, words));
  return opened;
}
