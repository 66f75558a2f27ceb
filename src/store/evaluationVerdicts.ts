import { z } from "zod";
import { count, number } from "./records.ts";
import { interval } from "./statisticRecords.ts";
import { verdict } from "./verdictRecord.ts";

/** How a trained model fares, with intervals of 95 %; errors are in the unit of the target. */
export const evaluationVerdict = z.discriminatedUnion("kind", [
  verdict("accuracyMeasured", { accuracy: interval, examples: count }),
  verdict("errorsMeasured", {
    ...{ rSquared: interval, rmse: interval, mae: interval, examples: count },
    /** Examples that intervals take, where there are fewer. */
    needed: count.nullable(),
  }),
  verdict("lossMeasured", { loss: number, examples: count }),
]);
