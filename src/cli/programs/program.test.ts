import { expect, test } from "vitest";
import { commandTable } from "./commandTable.ts";
import { program } from "./program.ts";

const everything = await program();
const names = commandTable.map(({ name }) => name);

test("the list of commands is the same whether their options are loaded or not", async () => {
  const nothing = await program([]);
  expect(nothing.commands.map(({ options }) => options.length).reduce((sum, count) => sum + count)).toBeLessThan(25);
  expect(nothing.helpInformation()).toBe(everything.helpInformation());
});

test.each(names)("%s has its own options and help when it is named", async (name) => {
  const [one, other] = [await program(["--json", name]), everything].map(
    (root) => root.commands.find((command) => command.name() === name)!,
  );
  expect(one!.helpInformation()).toBe(other!.helpInformation());
});
