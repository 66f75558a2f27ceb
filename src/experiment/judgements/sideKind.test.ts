import { expect, test } from "vitest";
import { kindOfSide } from "./sideKind.ts";

test.each([
  ["learning-rate=1e-3 batch-size=16", "options"],
  ["learning_rate = 0.1", "options"],
  ["initFrom=runs/a/best.safetensors", "options"],
  ["model=net.json", "options"],
  ["base", "options"],
  ["new.yaml", "file"],
  ["a/b.yml", "file"],
  ["./c.JSON", "file"],
  ["batches/4x16", "arm"],
  ["rates/learning-rate=0.003", "arm"],
  ["rates/learning-rate=0.003,batch-size=4", "arm"],
  ["20261121-2059", "run"],
  ["latest", "run"],
  ["./batchscope/runs/20261121", "run"],
  ["/data/runs/20261121", "run"],
  ["bases", "run"],
])("%s is read as %s, whatever there is", (text, kind) => {
  expect(kindOfSide(text)).toBe(kind);
});
