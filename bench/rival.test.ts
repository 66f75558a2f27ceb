import { expect, test } from "vitest";
import { openRival, type Rival } from "./rival.ts";

const open = (script: string): Promise<Rival> =>
  openRival({ command: process.execPath, parameters: ["-e", script], environment: {}, install: "install it" });

const answering = `
  console.log(JSON.stringify({ name: "a library" }));
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { key, count } = JSON.parse(line);
    if (key === "unknown") process.exit(1);
    console.log(JSON.stringify({ seconds: Array(count).fill(0.5), processor: count }));
  });`;

test("a rival says its name, answers in order and ends when closed", async () => {
  const rival = await open(answering);
  expect(rival.name).toBe("a library");
  const blocks = await Promise.all([rival.run("a", 1), rival.run("a", 2)]);
  expect(blocks).toEqual([
    { seconds: [0.5], processor: 1 },
    { seconds: [0.5, 0.5], processor: 2 },
  ]);
  await rival.close();
});

test("a rival that ends instead of answering is an error with what to install", async () => {
  const words = /^bench: expected .+ to answer, got its end; install it, or see above$/;
  await expect(open("")).rejects.toThrow(words);
  const rival = await open(answering);
  await expect(rival.run("unknown", 1)).rejects.toThrow(words);
  await rival.close();
});
