import { expect, test, vi } from "vitest";
import { textIn } from "../../text/text.ts";
import { spellWith } from "../inFlags.ts";
import { showStudy } from "./showStudy.ts";

test("what is logged while the bar is drawn stands above it, options as flags; the bar is drawn again below", () => {
  vi.stubEnv("TERM", "xterm");
  spellWith((name) => `--${name}`);
  let written = "";
  const stream = { isTTY: true, columns: 60, write: (text: string) => (written += text) };
  const progress = showStudy(stream, textIn("en"));
  progress.listen({ kind: "begin", trials: 4, ended: 1 });
  const bar = written;
  expect(bar).toContain("25%");
  const above = (line: string) => `\r\x1b[K${line}\n${bar}`;
  written = "";
  progress.log("`queue`: Redis is back");
  expect(written).toBe(above("--queue: Redis is back"));
  written = "";
  const trial = { key: "k", arm: "a", seed: 3, stage: "sweep", configuration: {}, fingerprints: {} } as const;
  const end = { state: "failed", run: null, reason: "`data`: gone" } as const;
  progress.listen({ kind: "ended", trial, attempt: 1, end, again: false });
  expect(written).toContain("\r\x1b[Ka, seed 3: failed: --data: gone\n\r");
  vi.unstubAllEnvs();
});
