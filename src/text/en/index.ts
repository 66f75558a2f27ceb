import type { AnalysisFinding } from "../../store/analysisFindings.ts";
import type { Words } from "../words.ts";
import { type ChartText, chartsEnglish } from "./charts.ts";
import { type CommandsText, commandsEnglish } from "./commands.ts";
import { type InspectTexts, inspectionEnglish } from "./inspection.ts";
import { type NotesText, notesEnglish } from "./notes.ts";
import { type PageText, pageEnglish } from "./page.ts";
import { partsEnglish } from "./parts.ts";
import { type PromptsText, promptsEnglish } from "./prompts.ts";
import { readingEnglish } from "./reading.ts";
import { type SessionText, sessionEnglish } from "./session.ts";
import { type StudiesText, studiesEnglish } from "./studies.ts";
import { type TerminalText, terminalEnglish } from "./terminal.ts";

/** Every word of a report, of a reading and of a command's findings, by where it stands. */
export interface Text {
  readonly language: string;
  /** Of an analysis. */
  readonly findings: Words<AnalysisFinding>;
  readonly charts: ChartText;
  readonly page: PageText;
  readonly terminal: TerminalText;
  readonly session: SessionText;
  readonly studies: StudiesText;
  readonly notes: NotesText;
  readonly commands: CommandsText;
  readonly inspection: InspectTexts;
  readonly prompts: PromptsText;
}

export const english: Text = {
  language: "en",
  findings: { ...readingEnglish, ...partsEnglish },
  charts: chartsEnglish,
  page: pageEnglish,
  terminal: terminalEnglish,
  session: sessionEnglish,
  studies: studiesEnglish,
  notes: notesEnglish,
  commands: commandsEnglish,
  inspection: inspectionEnglish,
  prompts: promptsEnglish,
};
