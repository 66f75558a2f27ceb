import { expect, test } from "vitest";
import { runs } from "./storePrograms.ts";

test("the help of runs shows every option of its list", () => {
  let help = "";
  const command = runs("export").configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const list = command.commands.find((one) => one.name() === "list")!;
  expect(list.options.map(({ long }) => long)).toEqual(expect.arrayContaining(["--status", "--sort", "--name"]));
  for (const { flags } of list.options) expect(help).toContain(`\n  ${flags}\n`);
});
