import { english, type Text } from "./en/index.ts";
import type { Language } from "./languages.ts";
import { chinese } from "./zh/index.ts";

export type { Text } from "./en/index.ts";

const texts: Readonly<Record<Language, Text>> = { en: english, zh: chinese };

export function textIn(language: Language): Text {
  return texts[language];
}
