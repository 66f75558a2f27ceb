/**
 * Mutation testing of `statistics/`, `gradient/` and `optimizer/`: faults of one expression each, and whether the tests
 * beside the file see them. `npm run test:mutants [part of a name or text]`. Each is applied to a copy of the sources,
 * in a process of Vitest that stays; a mutant whose text no longer occurs exactly once ends it with an error, so that
 * the list is kept with the code. Exit code 1 where fewer than 95 % are killed. Several minutes.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVitest, type Vitest } from "vitest/node";
import { comparison } from "./mutants/comparison.ts";
import { gradient } from "./mutants/gradient.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { optimizer } from "./mutants/optimizer.ts";
import { statistics } from "./mutants/statistics.ts";

const ENOUGH = 0.95;
const root = join(import.meta.dirname, "..");

/** A copy of what the tests read. */
function copyOf(folder: string): string {
  for (const name of ["src", "test", "bench", "docs", "package.json", "tsconfig.json", "vitest.config.ts"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Whether some test fails. */
async function fails(vitest: Vitest, files: readonly string[]): Promise<boolean> {
  const specifications = await vitest.globTestSpecifications([...files]);
  if (specifications.length < files.length) throw new Error(`mutants: no test file of ${files.join(", ")}`);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, false);
  // The result holds earlier modules too.
  const own = testModules.filter(({ moduleId }) => specifications.some((one) => one.moduleId === moduleId));
  return unhandledErrors.length > 0 || own.length < files.length || own.some((module) => !module.ok());
}

function textOf(folder: string, { file, from }: Mutant): string {
  const text = readFileSync(join(folder, file), "utf8");
  if (text.split(from).length === 2) return text;
  throw new Error(`mutants: expected "${from}" once in ${file}; change the list with the code`);
}

async function isKilled(vitest: Vitest, folder: string, mutant: Mutant): Promise<boolean> {
  const path = join(folder, mutant.file);
  const text = textOf(folder, mutant);
  try {
    writeFileSync(
      path,
      text.replace(mutant.from, () => mutant.to),
    );
    vitest.invalidateFile(path);
    for (const test of mutant.tests) if (await fails(vitest, [join(folder, test)])) return true;
    return false;
  } finally {
    writeFileSync(path, text);
    vitest.invalidateFile(path);
  }
}

async function main(part = ""): Promise<void> {
  const chosen = [...statistics, ...comparison, ...optimizer, ...gradient].filter(({ file, from, to }) =>
    `${file} ${from} ${to}`.includes(part),
  );
  chosen.forEach((mutant) => {
    textOf(root, mutant);
  });
  const folder = copyOf(mkdtempSync(join(tmpdir(), "mutants-")));
  process.chdir(folder);
  const vitest = await createVitest("test", {
    root: folder,
    watch: false,
    project: ["unit"],
    maxWorkers: 1,
    bail: 1,
    reporters: [{}],
    testTimeout: 300_000,
  });
  const survivors: Mutant[] = [];
  try {
    for (const test of new Set(chosen.flatMap(({ tests }) => tests)))
      if (await fails(vitest, [join(folder, test)])) throw new Error(`mutants: ${test} fails without a mutant`);
    for (const mutant of chosen) {
      const killed = await isKilled(vitest, folder, mutant);
      if (!killed) survivors.push(mutant);
      console.log(`${killed ? "killed  " : "SURVIVED"} ${mutant.file}: ${mutant.from}  →  ${mutant.to}`);
    }
  } finally {
    await vitest.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const share = 1 - survivors.length / chosen.length;
  console.log(`${chosen.length - survivors.length} of ${chosen.length} killed (${(100 * share).toFixed(1)} %)`);
  process.exitCode = share < ENOUGH ? 1 : 0;
}

await main(process.argv[2]);
