import { type CommandsText, commandsEnglish } from "./en/commands.ts";
import type { Language } from "./languages.ts";
import { commandsChinese } from "./zh/commands.ts";

const texts: Readonly<Record<Language, CommandsText>> = { en: commandsEnglish, zh: commandsChinese };

/** `textIn(language).commands`, for who is to start soon and says nothing else. */
export function commandsIn(language: Language): CommandsText {
  return texts[language];
}
