import { english, type Text } from "./en/index.ts";
import { chinese } from "./zh/index.ts";

export type { Text } from "./en/index.ts";

/** Every language by its tag: a folder and a row here. */
const texts = { en: english, zh: chinese } as const satisfies Readonly<Record<string, Text>>;

export type Language = keyof typeof texts;

export const languages = Object.keys(texts) as Language[];

export function textIn(language: Language): Text {
  return texts[language];
}
