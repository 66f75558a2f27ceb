import { readingChinese } from "./readingChinese.ts";
import { type ReadingText, readingEnglish } from "./readingEnglish.ts";

export type Language = "en" | "zh";

/** Every word of a report and of a reading, by where it stands. */
export interface Text {
  readonly language: Language;
  readonly reading: ReadingText;
}

const texts: Readonly<Record<Language, Text>> = {
  en: { language: "en", reading: readingEnglish },
  zh: { language: "zh", reading: readingChinese },
};

export function textIn(language: Language): Text {
  return texts[language];
}
