import type { HelpWords } from "./helpWords.ts";
import type { Language } from "./languages.ts";

const others: Readonly<Record<Exclude<Language, "en">, () => Promise<HelpWords>>> = {
  zh: async () => (await import("./zh/help.ts")).helpChinese,
};

/** The words of the help in a language. */
export async function helpIn(language: keyof typeof others): Promise<HelpWords> {
  return await others[language]();
}
