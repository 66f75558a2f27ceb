import { expect, test } from "vitest";
import { everyCommand, tryHere } from "./inProcess.ts";

/** Of every command, the options that name a file or a folder, with the words that the command cannot do without. */
const options = everyCommand().flatMap(({ words, command }) => {
  const needed = [
    ...words,
    ...command.registeredArguments.filter(({ required }) => required).map(() => "latest"),
    ...command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long!, "onnx"]),
  ];
  return command.options
    .filter(({ flags }) => /<(file|folder|path)>$/.test(flags))
    .map(({ long }) => [`${needed.join(" ")} ${long}`, needed, long!] as const);
});

test("options that name files are found", () => {
  expect(options.length).toBeGreaterThan(15);
});

test.each(options)("%s of nothing is a mistake", async (_, line, flag) => {
  for (const path of ["", " "]) {
    const { code, text } = await tryHere(...line, `${flag}=${path}`);
    expect([code, text]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^batchscope: error: ${flag}: expected .*, got "`)),
    ]);
  }
});
