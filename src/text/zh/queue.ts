import type { QueueText } from "../en/queue.ts";
import { reasonInChinese } from "./reasons.ts";

const connection = {
  lost: ({ place, seconds }: { readonly place: string; readonly seconds: number }) =>
    `与 ${place} 的 Redis 失去连接；将在 ${seconds} 秒内不断重试`,
  back: ({ place }: { readonly place: string }) => `已重新连上 ${place} 的 Redis`,
};

const states = { done: "已完成", diverged: "已发散", failed: "失败", stopped: "已停止" } as const;

/** 试验队列及其工作进程的中文文字。 */
export const queueChinese: QueueText = {
  study: {
    ...connection,
    noWorkers: ({ place, queue }) =>
      `还没有工作进程从 ${place} 的队列 ${queue} 领取试验。` +
      "请在任何能访问同一存储目录的机器上启动一个：batchscope worker --queue <地址> --dir <存储目录>",
    refused: ({ reason }) => `有工作进程无法训练领到的试验，该试验等待其他工作进程：${reasonInChinese(reason)}`,
  },
  worker: {
    ...connection,
    ready: ({ place, queue, jobs }) => `从 ${place} 的队列 ${queue} 领取试验，同时最多 ${jobs} 个`,
    taken: ({ study, arm, seed }) => `${study}：${arm}，种子 ${seed}，开始`,
    ended: ({ study, arm, seed, state, run, reason }) =>
      `${study}：${arm}，种子 ${seed}，${states[state]}${run === null ? "" : `，运行 ${run}`}${state === "done" || !reason ? "" : `：${reasonInChinese(reason)}`}`,
    returned: ({ study, arm, seed }) => `${study}：${arm}，种子 ${seed}，退回队列`,
    refused: ({ reason }) => `无法训练，退回队列：${reasonInChinese(reason)}`,
    trouble: ({ reason }) => `队列出现问题：${reasonInChinese(reason)}`,
  },
  trainedOne: ({ trial, state, run, reason }) =>
    `${trial}：${states[state]}${run === null ? "" : `，运行 ${run}`}${state === "done" || !reason ? "" : `：${reasonInChinese(reason)}`}`,
  slurm: ({ study, job, submitted, there, trials, ended }) =>
    [
      `${study}：${trials} 次试验中已有 ${ended} 次结束。`,
      ...(job === null ? [] : [`已向 Slurm 提交 ${submitted} 次试验，作业号 ${job}。`]),
      ...(there === 0 ? [] : [`另有 ${there} 次在 Slurm 中等待或运行。`]),
      "再次给出同一命令即可查看进度、重新提交失败的试验，并在全部结束后得到结果。",
    ].join(""),
  nothingForSlurm: (study) => `${study}：没有等待的试验，不会提交任何作业。`,
  draining: "正在进行的试验保存检查点后退回队列",
};
