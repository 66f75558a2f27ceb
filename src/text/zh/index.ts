import type { Text } from "../en/index.ts";
import { answersChinese } from "./answers.ts";
import { attachChinese } from "./attach.ts";
import { chartsChinese } from "./charts.ts";
import { commandsChinese } from "./commands.ts";
import { comparisonChinese } from "./comparison.ts";
import { criticalBatchChinese } from "./criticalBatch.ts";
import { diagnosisChinese } from "./diagnosis.ts";
import { inspectionChinese } from "./inspection.ts";
import { judgeChinese } from "./judge.ts";
import { landscapeChinese } from "./landscape.ts";
import { notesChinese } from "./notes.ts";
import { pageChinese } from "./page.ts";
import { paretoChinese } from "./pareto.ts";
import { partsChinese } from "./parts.ts";
import { profileChinese } from "./profile.ts";
import { promptsChinese } from "./prompts.ts";
import { queueChinese } from "./queue.ts";
import { rateExponentChinese } from "./rateExponent.ts";
import { readingChinese } from "./reading.ts";
import { recommendChinese } from "./recommend.ts";
import { remarksChinese } from "./remarks.ts";
import { sessionChinese } from "./session.ts";
import { studiesChinese } from "./studies.ts";
import { sweepChinese } from "./sweep.ts";
import { terminalChinese } from "./terminal.ts";
import { verdictsChinese } from "./verdicts.ts";

export const chinese: Text = {
  language: "zh",
  remarks: remarksChinese,
  findings: { ...readingChinese, ...partsChinese },
  verdicts: verdictsChinese,
  answers: answersChinese,
  charts: chartsChinese,
  page: pageChinese,
  terminal: terminalChinese,
  session: sessionChinese,
  studies: studiesChinese,
  comparison: comparisonChinese,
  sweep: sweepChinese,
  judge: judgeChinese,
  profile: profileChinese,
  criticalBatch: criticalBatchChinese,
  diagnosis: diagnosisChinese,
  landscape: landscapeChinese,
  attach: attachChinese,
  recommend: recommendChinese,
  pareto: paretoChinese,
  rateExponent: rateExponentChinese,
  notes: notesChinese,
  commands: commandsChinese,
  inspection: inspectionChinese,
  prompts: promptsChinese,
  queue: queueChinese,
};
