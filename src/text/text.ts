import { type ChartText, chartsEnglish } from "./en/charts.ts";
import { type CommandsText, commandsEnglish } from "./en/commands.ts";
import { type NotesText, notesEnglish } from "./en/notes.ts";
import { type PageText, pageEnglish } from "./en/page.ts";
import { type PartsText, partsEnglish } from "./en/parts.ts";
import { type ReadingText, readingEnglish } from "./en/reading.ts";
import { type StudiesText, studiesEnglish } from "./en/studies.ts";
import { type TerminalText, terminalEnglish } from "./en/terminal.ts";
import { chartsChinese } from "./zh/charts.ts";
import { commandsChinese } from "./zh/commands.ts";
import { notesChinese } from "./zh/notes.ts";
import { pageChinese } from "./zh/page.ts";
import { partsChinese } from "./zh/parts.ts";
import { readingChinese } from "./zh/reading.ts";
import { studiesChinese } from "./zh/studies.ts";
import { terminalChinese } from "./zh/terminal.ts";

export type Language = "en" | "zh";

/** Every word of a report, of a reading and of a command's findings, by where it stands. */
export interface Text {
  readonly language: Language;
  readonly reading: ReadingText;
  readonly parts: PartsText;
  readonly charts: ChartText;
  readonly page: PageText;
  readonly terminal: TerminalText;
  readonly studies: StudiesText;
  readonly notes: NotesText;
  readonly commands: CommandsText;
}

const texts: Readonly<Record<Language, Text>> = {
  en: {
    language: "en",
    reading: readingEnglish,
    parts: partsEnglish,
    charts: chartsEnglish,
    page: pageEnglish,
    terminal: terminalEnglish,
    studies: studiesEnglish,
    notes: notesEnglish,
    commands: commandsEnglish,
  },
  zh: {
    language: "zh",
    reading: readingChinese,
    parts: partsChinese,
    charts: chartsChinese,
    page: pageChinese,
    terminal: terminalChinese,
    studies: studiesChinese,
    notes: notesChinese,
    commands: commandsChinese,
  },
};

export function textIn(language: Language): Text {
  return texts[language];
}
