import type { ErrorLines } from "../errors.ts";
import { batchScheduleErrors, batchSchedulePhrases } from "./errors/batchSchedules.ts";
import { commandLineErrors, commandLinePhrases } from "./errors/commandLine.ts";
import { commandsErrors } from "./errors/commands.ts";
import { curvatureErrors, curvaturePhrases } from "./errors/curvature.ts";
import { dataErrors } from "./errors/data.ts";
import { filesErrors } from "./errors/files.ts";
import { foreignErrors } from "./errors/foreign.ts";
import { judgementsErrors } from "./errors/judgements.ts";
import { modelErrors } from "./errors/model.ts";
import { needlessPhrases } from "./errors/needless.ts";
import { onnxErrors } from "./errors/onnx.ts";
import { opsErrors } from "./errors/ops.ts";
import { phrases } from "./errors/phrases.ts";
import { phrasesOfFiles } from "./errors/phrasesOfFiles.ts";
import { scalingErrors, scalingPhrases } from "./errors/scaling.ts";
import { seriesErrors } from "./errors/series.ts";
import { sessionErrors } from "./errors/session.ts";
import { statisticsErrors } from "./errors/statistics.ts";
import { storeErrors } from "./errors/store.ts";
import { studiesErrors } from "./errors/studies.ts";
import { sweepsErrors } from "./errors/sweeps.ts";
import { tablesErrors } from "./errors/tables.ts";
import { trainingErrors } from "./errors/training.ts";

/** The lines of errors in Chinese, as `test/errorsChinese.test.ts` asks for them. */
export const errorsChinese: ErrorLines = {
  messages: {
    ...commandLineErrors,
    ...commandsErrors,
    ...curvatureErrors,
    ...dataErrors,
    ...filesErrors,
    ...judgementsErrors,
    ...modelErrors,
    ...onnxErrors,
    ...opsErrors,
    ...scalingErrors,
    ...batchScheduleErrors,
    ...foreignErrors,
    ...seriesErrors,
    ...sessionErrors,
    ...statisticsErrors,
    ...storeErrors,
    ...studiesErrors,
    ...sweepsErrors,
    ...tablesErrors,
    ...trainingErrors,
  },
  phrases: {
    ...commandLinePhrases,
    ...curvaturePhrases,
    ...needlessPhrases,
    ...phrasesOfFiles,
    ...scalingPhrases,
    ...batchSchedulePhrases,
    ...phrases,
  },
};
