import { type Command, Option } from "@commander-js/extra-typings";
import type { Language } from "../text/text.ts";

/** The language of messages: `BATCHSCOPE_LANG`, else the locale as POSIX reads it (LC_ALL, LC_MESSAGES, LANG). */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const { BATCHSCOPE_LANG, LC_ALL, LC_MESSAGES, LANG } = environment;
  return (BATCHSCOPE_LANG || LC_ALL || LC_MESSAGES || LANG || "").toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** `--lang`, of every command that says sentences. */
export function languageOption() {
  return new Option("--lang <language>", "language of words and pictures (default: BATCHSCOPE_LANG, else the locale)")
    .choices(["en", "zh"] as const)
    .helpGroup("Options:");
}

/** Before a command runs: what `--lang` says holds for all that asks `languageOf`, also in processes that the command starts. */
export function takeLanguage(command: Command): void {
  const { lang } = command.opts() as { readonly lang?: Language };
  if (lang === undefined) return;
  process.env.BATCHSCOPE_LANG = lang;
  command.setOptionValue("lang", undefined);
}
