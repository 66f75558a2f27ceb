import { type Language, languages } from "../text/languages.ts";
import { type Command, Option } from "./commander.ts";

/** The language of messages: `BATCHSCOPE_LANG`, else the locale as POSIX reads it (LC_ALL, LC_MESSAGES, LANG). */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const { BATCHSCOPE_LANG, LC_ALL, LC_MESSAGES, LANG } = environment;
  const named = (BATCHSCOPE_LANG || LC_ALL || LC_MESSAGES || LANG || "").toLowerCase();
  return languages.find((language) => named.startsWith(language)) ?? "en";
}

/** The same of a command line that is not read yet, whose `--lang` comes first. */
export function languageAsked(argv: readonly string[], environment: NodeJS.ProcessEnv): Language {
  const at = argv.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const asked = argv[at]?.split("=")[1] ?? argv[at + 1];
  return languages.find((language) => at >= 0 && language === asked) ?? languageOf(environment);
}

/** `--lang`, of every command that says sentences. */
export function languageOption() {
  return new Option("--lang <language>", "language of words and pictures (default: BATCHSCOPE_LANG, else the locale)")
    .choices(languages)
    .helpGroup("Options:");
}

/**
 * Before a command runs: what `--lang` says holds for all that asks `languageOf`, also in processes that the command
 * starts.
 */
export function takeLanguage(command: Command): void {
  const { lang } = command.opts() as { readonly lang?: Language };
  if (lang === undefined) return;
  process.env.BATCHSCOPE_LANG = lang;
  command.setOptionValue("lang", undefined);
}
