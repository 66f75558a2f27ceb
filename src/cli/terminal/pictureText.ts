import { chineseFont } from "../../report/png.ts";
import type { Language } from "../../text/languages.ts";
import { type Text, textIn } from "../../text/text.ts";
import { say } from "./print.ts";

/** The words of pictures that are drawn here; English where nothing here can draw Chinese, which is said on stderr. */
export function pictureText(language: Language): Text {
  if (language === "en" || chineseFont() !== undefined) return textIn(language);
  say(textIn(language).commands.analysis.noChineseFont);
  return textIn("en");
}
