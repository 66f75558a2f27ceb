import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { arrayScript, ranges, sbatchOptions } from "./script.ts";

const asked = {
  study: "s",
  directory: "/shared/it's here",
  logs: "/shared/it's here/studies/s/slurm",
  tasks: [1, 2, 3, 7],
  options: ["--partition=cpu", "--time=2:00:00"],
};

test("the script of an array: its tasks, its options, the warning before its time limit, and no password", () => {
  process.env.BATCHSCOPE_REDIS_PASSWORD = "hunter2";
  const lines = arrayScript(asked).split("\n");
  delete process.env.BATCHSCOPE_REDIS_PASSWORD;
  expect(lines.slice(0, 9)).toEqual([
    "#!/bin/sh",
    "#SBATCH --job-name=batchscope-s",
    "#SBATCH --array=1-3,7",
    "#SBATCH --output=/shared/it's here/studies/s/slurm/%A_%a.log",
    "#SBATCH --open-mode=append",
    "#SBATCH --requeue",
    "#SBATCH --signal=B:USR1@60",
    "#SBATCH --partition=cpu",
    "#SBATCH --time=2:00:00",
  ]);
  const command = lines.find((line) => line.includes("SLURM_ARRAY_TASK_ID") && line.endsWith("&"))!;
  expect(command).toMatch(/ 'worker' '--dir' '\/shared\/it'\\''s here' '--trial' "s\/\$SLURM_ARRAY_TASK_ID" &$/);
  expect(lines.join("\n")).toMatch(/exec scontrol requeue "\$\{SLURM_ARRAY_JOB_ID\}_\$SLURM_ARRAY_TASK_ID"$/m);
  expect(lines.join("\n")).not.toContain("hunter2");
  execFileSync("sh", ["-n"], { input: lines.join("\n") });
});

test("numbers as ranges, and options as words", () => {
  expect(ranges([])).toBe("");
  expect(ranges([4])).toBe("4");
  expect(ranges([1, 2, 4, 5, 6, 9])).toBe("1-2,4-6,9");
  expect(sbatchOptions("  --a=b -n4 ")).toEqual(["--a=b", "-n4"]);
  for (const text of ["--a b", "--a=b\n#SBATCH --x", "--a=#"])
    expect(() => sbatchOptions(text)).toThrow(/slurmOptions/);
});
