import { encodeNpz } from "../../data/files/npz.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { predictionArrays, predictionColumns, predictionsCsv, predictTrained } from "../../session/predictTrained.ts";
import { UsageError } from "../../tensor/errors.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { requireNewFile, writeNewFile } from "../outputs.ts";
import { print, printJson } from "../terminal/print.ts";
import { type TrainedFlags, withTrained } from "./openTrained.ts";

export interface PredictFlags extends TrainedFlags {
  readonly out: string;
}

/** The command `predict`. */
export async function runPredict(reference: string, flags: PredictFlags): Promise<void> {
  const { out, data, device, json } = flags;
  const isArrays = out.endsWith(".npz");
  if (!isArrays && !out.endsWith(".csv"))
    throw new UsageError(`--out: expected a file .csv or .npz, got "${out}"; change its ending`);
  requireNewFile("--out", out, [data, reference.endsWith(".onnx") ? reference : undefined]);
  await withTrained(reference, flags, false, async ({ trained, subject }) => {
    const predictions = await predictTrained(await openChosenEngine(process.env, device), trained);
    const arrays = isArrays ? predictionArrays(predictions) : null;
    writeNewFile("--out", out, arrays ? encodeNpz(arrays) : predictionsCsv(predictions));
    const { examples, classNames, probabilities } = predictions;
    const columns = arrays ? [...arrays.keys()] : predictionColumns(predictions);
    const part = trained.validationOnly ? "validation" : "all";
    const { checkpoint, data: read } = trained;
    const told = { ...subject, checkpoint, data: read.name, part, examples, kind: probabilities ? "class" : "number" };
    if (json) printJson({ ...told, classNames, columns, out });
    else print(textIn(languageOf(process.env)).commands.predict.written(out, examples, columns));
  });
}
