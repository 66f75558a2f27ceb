import type { NotesText } from "../en/notes.ts";
import { errorInWords } from "../errorWords.ts";
import { said } from "../words.ts";

const perCent = (share: number) => `${100 * share} %`;

const sweep: NotesText["sweep"] = {
  earlyRise: ({ updates }) => `损失在 ${updates} 次更新后上升：请从更小的学习率开始，或多取一些学习率`,
  noFall: () => "损失的下降不超过其噪声：请加大批次或多取一些学习率",
  fallsToTheEnd: () => "损失在最大的学习率处仍下降最快：请试更大的学习率",
};

const trial: NotesText["trial"] = {
  stopped: () => "超过上限时被终止",
  overLimit: () => "用量超过上限",
  signal: ({ signal }) => `被 ${signal} 终止`,
  exit: ({ code }) => `退出码 ${code}`,
  noTrial: ({ output }) => `本应得到试验的两行输出，却得到 ${JSON.stringify(output)}`,
  said: ({ words }) => errorInWords(words),
};

/** What stands beside results in Chinese (simplified characters). */
export const notesChinese: NotesText = {
  loss: {
    died: () => "其进程没有留下记录就结束了：被杀死、内存不足或原生库故障；见 log.txt",
    silent: ({ host, since }) => `自 ${since} 起没有来自 ${host} 的存活信号；见 log.txt`,
  },
  sentences: "",
  reasons: "；",
  picture: {
    drawn: ({ shown, rows }) => `图中是从 ${rows} 行中分层抽取的 ${shown} 行。`,
    fewRows: ({ rows }) => `${rows} 行太少，不能作 t-SNE；位置来自经典标度法（PCA）。`,
    perplexityLowered: ({ wanted, perplexity, others }) =>
      `困惑度由 ${wanted} 降至 ${perplexity.toFixed(1)}，即其余 ${others} 行的三分之一。`,
    undirected: ({ undirected, rows }) => `${rows} 行中有 ${undirected} 行范数为零，没有方向；它们与其他各行成直角。`,
  },
  sweep,
  suggestion: {
    steepest: () => "学习率每十倍损失下降最快之处",
    fewClear: ({ clear, sweeps, problems }) =>
      `没有建议：${sweeps} 次扫描中只有 ${clear} 次显出损失在何处下降` +
      `（${problems.map((problem) => said(problem, sweep)).join("；")}）`,
    disagree: ({ factor }) => `没有建议：各次扫描相差 ${factor.toPrecision(2)} 倍；请增加重复次数或加大批次`,
  },
  search: {
    unsteady: ({ microBatch }) => `${microBatch} 放得下一次，随后又放不下：那里已接近内存极限`,
    failed: ({ microBatch, end }) => `${microBatch} 失败，但不是因为内存：${said(end, trial)}`,
    maximum: ({ maximum }) => `${maximum} 是所设的最大值：没有试更大的`,
  },
  trial,
  memory: {
    asked: ({ text }) => `--memory-limit ${text}`,
    machine: ({ share }) => `本机内存的 ${perCent(share)}`,
    controlGroup: ({ share }) => `控制组所允许内存的 ${perCent(share)}`,
    free: ({ share }) => `当前空闲内存的 ${perCent(share)}`,
  },
  inspection: {
    overlappingWindows: () => "样本是可能相互重叠的窗口：模型可能用它所判断样本的相邻窗口训练过",
    trainedBefore: ({ model }) =>
      `每一折都从 ${model} 的权重开始：若该模型用这些数据训练过，则没有样本是未见过的，错误标签也会显得正确`,
    untraced: ({ why }) => `未测量自影响：${errorInWords(why)}`,
    absentClasses: ({ absent, classes }) => `${classes} 个类别中有 ${absent} 个在所检查的数据中没有样本`,
    unjudged: ({ labels, leastSeen }) =>
      `有 ${labels} 个标签未作判断：判断它们的模型只见过该类不到 ${leastSeen} 个其他样本`,
    weakModels: ({ contradicted }) =>
      `模型与 ${(100 * contradicted).toFixed(0)} % 的未见标签不一致，多于看来有误的标签：对于模型难以区分的类别，` +
      "可疑标签列得少，会漏掉错误；增加 --epochs 或换用其他 --model 也许能发现更多",
  },
};
