import { errorInWords } from "../errorWords.ts";

/** 试验结束的原因：记录中是英文。 */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^stopped by (\w+)$/, "被信号 $1 停止"],
  [/^stopped before it began$/, "开始之前已停止"],
  [/^stopped while another worker trained it$/, "另一个工作进程正在训练它时停止"],
  [/^the study was stopped$/, "研究已停止"],
  [/^one worker after the other was lost with it$/, "训练它的工作进程接连失去联系"],
  [/^its run was removed$/, "它的运行已被删除"],
  [
    /^task (\d+) of Slurm's job (\S+) ended without a word; its log is (\S+) of the study$/,
    "Slurm 作业 $2 的任务 $1 未留下任何说明就结束了，日志是该研究的 $3",
  ],
  [/^its run (\S+) is none of this trial$/, "运行 $1 不属于该试验"],
];

/** 用中文说明试验为何这样结束，末尾是说明它的机器。 */
export function reasonInChinese(reason: string): string {
  const [, said, machine] = /^(.*) \((?:said by the worker )?on (\S+)\)$/s.exec(reason) ?? [];
  if (said !== undefined) return `${reasonInChinese(said)}（机器 ${machine}）`;
  const known = reasons.find(([pattern]) => pattern.test(reason));
  return known ? reason.replace(...known) : errorInWords(reason);
}
