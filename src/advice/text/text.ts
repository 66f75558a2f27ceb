import { chartsChinese } from "./chartsChinese.ts";
import { type ChartText, chartsEnglish } from "./chartsEnglish.ts";
import { pageChinese } from "./pageChinese.ts";
import { type PageText, pageEnglish } from "./pageEnglish.ts";
import { partsChinese } from "./partsChinese.ts";
import { type PartsText, partsEnglish } from "./partsEnglish.ts";
import { readingChinese } from "./readingChinese.ts";
import { type ReadingText, readingEnglish } from "./readingEnglish.ts";
import { studiesChinese } from "./studiesChinese.ts";
import { type StudiesText, studiesEnglish } from "./studiesEnglish.ts";
import { terminalChinese } from "./terminalChinese.ts";
import { type TerminalText, terminalEnglish } from "./terminalEnglish.ts";

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
  },
  zh: {
    language: "zh",
    reading: readingChinese,
    parts: partsChinese,
    charts: chartsChinese,
    page: pageChinese,
    terminal: terminalChinese,
    studies: studiesChinese,
  },
};

export function textIn(language: Language): Text {
  return texts[language];
}
