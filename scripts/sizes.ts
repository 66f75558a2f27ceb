import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { functionsOf, linesOf } from "../test/sizes.ts";

/**
 * Lines and files of each folder of TypeScript in this repository, tests and the rest apart, with the longest file and
 * function of the rest: `npm run sizes`.
 */

interface Folder {
  files: number;
  lines: number;
  tests: number;
  testLines: number;
  longestFile: number;
  longestFunction: number;
}

const listed = execFileSync("git", ["ls-files", "*.ts"], { encoding: "utf8" }).trim().split("\n");
const folders = new Map<string, Folder>();
for (const path of listed) {
  const source = readFileSync(path, "utf8");
  const lines = linesOf(source);
  const none = { files: 0, lines: 0, tests: 0, testLines: 0, longestFile: 0, longestFunction: 0 };
  const folder = folders.get(dirname(path)) ?? none;
  folders.set(dirname(path), folder);
  if (path.endsWith(".test.ts")) {
    folder.tests += 1;
    folder.testLines += lines;
    continue;
  }
  folder.files += 1;
  folder.lines += lines;
  folder.longestFile = Math.max(folder.longestFile, lines);
  folder.longestFunction = Math.max(folder.longestFunction, ...functionsOf(path, source).map((one) => one.lines));
}

const heads = ["files", "lines", "tests", "lines of tests", "longest file", "longest function"];
const rows = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
const of = (folder: Folder) => [
  folder.files,
  folder.lines,
  folder.tests,
  folder.testLines,
  folder.longestFile,
  folder.longestFunction,
];
const sum = [0, 1, 2, 3].map((column) => rows.reduce((total, [, folder]) => total + of(folder)[column]!, 0));
const table = [["folder", ...heads], ...rows.map(([name, folder]) => [name, ...of(folder)]), ["all", ...sum, "", ""]];
const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => String(row[column]).length)));
for (const row of table)
  console.log(
    row
      .map((cell, i) => (i ? String(cell).padStart(widths[i]!) : String(cell).padEnd(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
