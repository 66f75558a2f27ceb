import { expect, test } from "vitest";
import { Command } from "./commander.ts";
import { languageOf, languageOption, takeLanguage } from "./language.ts";

test.each([
  [{}, "en"],
  [{ LANG: "zh_CN.UTF-8" }, "zh"],
  [{ LANG: "C.UTF-8" }, "en"],
  [{ LANG: "en_US.UTF-8", LC_ALL: "zh_TW" }, "zh"],
  [{ LANG: "zh_CN.UTF-8", BATCHSCOPE_LANG: "en" }, "en"],
  [{ LANG: "de_DE", BATCHSCOPE_LANG: "zh" }, "zh"],
  [{ LANG: "zh_CN", LC_ALL: "" }, "zh"],
] as const)("%j speaks %s", (environment, language) => {
  expect(languageOf(environment)).toBe(language);
});

test("--lang speaks for the whole command, its questions and the processes that it starts", () => {
  const before = process.env.BATCHSCOPE_LANG;
  const command = new Command("any").addOption(languageOption());
  try {
    delete process.env.BATCHSCOPE_LANG;
    takeLanguage(command as unknown as Command);
    expect(process.env.BATCHSCOPE_LANG).toBeUndefined();
    command.parse(["--lang", "zh"], { from: "user" });
    takeLanguage(command as unknown as Command);
    expect(process.env.BATCHSCOPE_LANG).toBe("zh");
    expect(command.opts().lang).toBeUndefined();
  } finally {
    if (before === undefined) delete process.env.BATCHSCOPE_LANG;
    else process.env.BATCHSCOPE_LANG = before;
  }
});
