import { writeFileSync } from "node:fs";
import { random } from "../../src/tensor/random.ts";

/** A CSV file of three classes that three columns tell apart, in order, so that every split has all of them. */
export function writeTable(path: string, rows: number): string {
  const generator = random(11);
  const around = (centre: number) => (centre + generator.uniform() - 0.5).toFixed(4);
  const lines = Array.from({ length: rows }, (_, i) =>
    [around(i % 3), around(-(i % 3)), around(0), "pqr"[i % 3]].join(),
  );
  writeFileSync(path, ["a,b,c,label", ...lines, ""].join("\n"));
  return path;
}
