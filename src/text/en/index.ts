import type { DataNote } from "../../data/notes.ts";
import type { AnalysisFinding } from "../../store/analysisFindings.ts";
import type { RunRemark } from "../../store/findings.ts";
import type { Verdict } from "../../store/verdicts.ts";
import type { Words } from "../words.ts";
import { type AnswersText, answersEnglish } from "./answers.ts";
import { type AttachText, attachEnglish } from "./attach.ts";
import { type ChartText, chartsEnglish } from "./charts.ts";
import { type CommandsText, commandsEnglish } from "./commands.ts";
import { type ComparisonText, comparisonEnglish } from "./comparison.ts";
import { type CriticalBatchText, criticalBatchEnglish } from "./criticalBatch.ts";
import { type DiagnosisText, diagnosisEnglish } from "./diagnosis.ts";
import { type InspectTexts, inspectionEnglish } from "./inspection.ts";
import { type JudgeText, judgeEnglish } from "./judge.ts";
import { type LandscapeText, landscapeEnglish } from "./landscape.ts";
import { type NotesText, notesEnglish } from "./notes.ts";
import { type PageText, pageEnglish } from "./page.ts";
import { type ParetoText, paretoEnglish } from "./pareto.ts";
import { partsEnglish } from "./parts.ts";
import { type ProfileText, profileEnglish } from "./profile.ts";
import { type PromptsText, promptsEnglish } from "./prompts.ts";
import { type QueueText, queueEnglish } from "./queue.ts";
import { type RateExponentText, rateExponentEnglish } from "./rateExponent.ts";
import { readingEnglish } from "./reading.ts";
import { type RecommendText, recommendEnglish } from "./recommend.ts";
import { remarksEnglish } from "./remarks.ts";
import { type SessionText, sessionEnglish } from "./session.ts";
import { type StudiesText, studiesEnglish } from "./studies.ts";
import { type SweepText, sweepEnglish } from "./sweep.ts";
import { type TerminalText, terminalEnglish } from "./terminal.ts";
import { verdictsEnglish } from "./verdicts.ts";

/** Every word of a report, of a reading and of a command's findings, by where it stands. */
export interface Text {
  readonly language: string;
  /** Of a run and of the data that it is given. */
  readonly remarks: Words<RunRemark | DataNote>;
  /** Of an analysis. */
  readonly findings: Words<AnalysisFinding>;
  /** Of a run and of studies, before all else. */
  readonly verdicts: Words<Verdict>;
  readonly answers: AnswersText;
  readonly charts: ChartText;
  readonly page: PageText;
  readonly terminal: TerminalText;
  readonly session: SessionText;
  readonly studies: StudiesText;
  readonly comparison: ComparisonText;
  readonly sweep: SweepText;
  readonly judge: JudgeText;
  readonly profile: ProfileText;
  readonly criticalBatch: CriticalBatchText;
  readonly diagnosis: DiagnosisText;
  readonly landscape: LandscapeText;
  readonly attach: AttachText;
  readonly recommend: RecommendText;
  readonly pareto: ParetoText;
  readonly rateExponent: RateExponentText;
  readonly notes: NotesText;
  readonly commands: CommandsText;
  readonly inspection: InspectTexts;
  readonly prompts: PromptsText;
  readonly queue: QueueText;
}

export const english: Text = {
  language: "en",
  remarks: remarksEnglish,
  findings: { ...readingEnglish, ...partsEnglish },
  verdicts: verdictsEnglish,
  answers: answersEnglish,
  charts: chartsEnglish,
  page: pageEnglish,
  terminal: terminalEnglish,
  session: sessionEnglish,
  studies: studiesEnglish,
  comparison: comparisonEnglish,
  sweep: sweepEnglish,
  judge: judgeEnglish,
  profile: profileEnglish,
  criticalBatch: criticalBatchEnglish,
  diagnosis: diagnosisEnglish,
  landscape: landscapeEnglish,
  attach: attachEnglish,
  recommend: recommendEnglish,
  pareto: paretoEnglish,
  rateExponent: rateExponentEnglish,
  notes: notesEnglish,
  commands: commandsEnglish,
  inspection: inspectionEnglish,
  prompts: promptsEnglish,
  queue: queueEnglish,
};
