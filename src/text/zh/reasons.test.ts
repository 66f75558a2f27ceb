import { afterAll, beforeAll, expect, test } from "vitest";
import { sayErrorsIn } from "../errorWords.ts";
import { comparisonChinese } from "./comparison.ts";
import { queueChinese } from "./queue.ts";
import { sweepChinese } from "./sweep.ts";

beforeAll(() => sayErrorsIn("zh"));
afterAll(() => sayErrorsIn("en"));

test.each([
  ["stopped by SIGTERM", "被信号 SIGTERM 停止"],
  ["stopped before it began", "开始之前已停止"],
  ["one worker after the other was lost with it", "训练它的工作进程接连失去联系"],
  ["SIGKILL", "SIGKILL"],
  [
    "--jobs: expected a whole number of at least 1, got 0; change it (said by the worker on lab-1)",
    "--jobs：应为至少 1 的整数，实际为 0；请更改（机器 lab-1）",
  ],
  [
    "task 3 of Slurm's job 7 ended without a word; its log is slurm/7_3.log of the study",
    "Slurm 作业 7 的任务 3 未留下任何说明就结束了，日志是该研究的 slurm/7_3.log",
  ],
  ["its run was removed (on lab-1)", "它的运行已被删除（机器 lab-1）"],
])("why a trial ended is said in Chinese by all who say it: %s", (reason, chinese) => {
  const trial = { study: "s", arm: "a", seed: 1, state: "failed", run: null, reason } as const;
  expect(queueChinese.worker.ended({ kind: "ended", ...trial })).toContain(chinese);
  expect(queueChinese.worker.refused({ kind: "refused", reason })).toContain(chinese);
  expect(queueChinese.study.refused({ kind: "refused", reason })).toContain(chinese);
  expect(queueChinese.trainedOne({ ...trial, trial: "s/1" })).toContain(chinese);
  expect(comparisonChinese.ended({ ...trial, again: false })).toContain(chinese);
  expect(comparisonChinese.findings.trialsFailed({ arm: "a", failed: 1, reason } as never)).toContain(chinese);
  expect(sweepChinese.findings.settingsFailed({ failed: 1, reason } as never)).toContain(chinese);
});
