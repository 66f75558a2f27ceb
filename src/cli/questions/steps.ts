import { dataStep } from "./askData.ts";
import { batchStep, formatStep, outStep } from "./askFiles.ts";
import { effectStep, metricStep, sideStep } from "./askJudgement.ts";
import { modelFileStep, modelStep } from "./askModel.ts";
import { numberStep } from "./askNumbers.ts";
import { checkpointStep, removedRunStep, runStep } from "./askRun.ts";
import { varyStep } from "./askStudies.ts";
import { isModelFile } from "./needs.ts";
import type { Step } from "./scene.ts";

const trained = dataStep({ open: true });
const ofFile = dataStep({ target: false, needed: ({ run }) => isModelFile(run) });
const batch = [numberStep("batchSize"), numberStep("gradientAccumulationSteps")];

/** What each command asks for, in this order, where it lacks something that it cannot do without. */
export const stepsOf: Readonly<Record<string, readonly Step[]>> = {
  train: [
    dataStep({ open: true, all: true }),
    modelStep,
    ...batch,
    numberStep("epochs"),
    numberStep("learningRate"),
    numberStep("checkpointEvery"),
  ],
  "lr-find": [trained, modelStep, ...batch],
  "lr-exponent": [trained, modelStep],
  compare: [trained, modelStep, varyStep("vary"), numberStep("epochs")],
  "sweep run": [trained, modelStep, varyStep("grid"), numberStep("epochs")],
  judge: [sideStep("a"), sideStep("b"), trained, modelStep, metricStep, effectStep, numberStep("epochs")],
  recommend: [trained, modelStep, ...batch, numberStep("epochs"), numberStep("learningRate")],
  profile: [trained, modelStep],
  "batch-size-find": [trained, modelStep],
  "critical-batch": [runStep(), dataStep({ open: true, needed: ({ run }) => run === undefined }), modelStep],
  analyze: [runStep(), checkpointStep],
  diagnose: [runStep()],
  landscape: [
    runStep(),
    dataStep({ open: true, needed: ({ run, model }) => run === undefined && model !== undefined }),
    modelStep,
  ],
  "inspect-data": [dataStep({})],
  evaluate: [runStep({ files: true }), ofFile],
  predict: [runStep({ files: true }), ofFile, outStep("predictions", ".csv")],
  verify: [trained, modelStep],
  gradients: [modelFileStep, batchStep],
  compile: [
    modelStep,
    dataStep({ open: true, needed: ({ model }) => model !== undefined && !isModelFile(model) }),
    outStep("step", ""),
  ],
  report: [runStep()],
  export: [runStep(), formatStep],
  "runs show": [runStep()],
  "runs rm": [runStep()],
  "runs restore": [removedRunStep],
  "runs export": [runStep(), formatStep],
};
