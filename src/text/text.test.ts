import { expect, test } from "vitest";
import { languages } from "./languages.ts";
import { textIn } from "./text.ts";

test("a language goes by the tag of its row, on pages too", () => {
  for (const language of languages) {
    const { language: own, page } = textIn(language);
    expect([own, page.htmlLanguage.startsWith(language)]).toEqual([language, true]);
  }
});
