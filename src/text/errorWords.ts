import type { Language } from "./languages.ts";

type Say = (message: string) => string;

const asItIs: Say = (message) => message;
let say = asItIs;

/** What says errors in each language, which are made in English: loaded for those alone who read another one. */
const sayers: Readonly<Record<Language, () => Promise<Say>>> = {
  en: async () => asItIs,
  zh: async () => {
    const [{ errorTranslator }, { errorsChinese }] = await Promise.all([
      import("./errors.ts"),
      import("./zh/errors.ts"),
    ]);
    return errorTranslator(errorsChinese);
  },
};

/** From now on errors are said in this language. */
export async function sayErrorsIn(language: Language): Promise<void> {
  say = await sayers[language]();
}

/**
 * What an error says, in the language of `sayErrorsIn`. Files and JSON have it in English; it is said so where a person
 * reads it.
 */
export function errorInWords(message: string): string {
  return say(message);
}
