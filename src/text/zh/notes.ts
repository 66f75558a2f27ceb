/** Notes that an analysis keeps in English, as `statistics/embedding.ts` and `statistics/pictures.ts` write them. */
const notes: readonly (readonly [RegExp, string])[] = [
  [/The picture shows a stratified draw of (\d+) of (\d+) rows\. ?/, "图中是从 $2 行中分层抽取的 $1 行。"],
  [
    /Perplexity lowered from ([\d.]+) to ([\d.]+), a third of the other (\d+) rows\. ?/,
    "困惑度由 $1 降至 $2，即其余 $3 行的三分之一。",
  ],
  [
    /(\d+) rows are too few for t-SNE; their positions are those of classical scaling \(PCA\)\. ?/,
    "$1 行太少，不能作 t-SNE；位置来自经典标度法（PCA）。",
  ],
  [
    /(\d+) of (\d+) rows have zero norm and no direction; they [^.]*\. ?/,
    "$2 行中有 $1 行范数为零，没有方向；它们与其他各行成直角。",
  ],
];

/** What an analysis notes of a picture, in Chinese; a note that is not known here stays as it is. */
export function noteInChinese(note: string): string {
  return notes.reduce((text, [english, chinese]) => text.replace(english, chinese), note);
}

/** What `statistics/learningRateSweep.ts` and the searches of `experiment/` say of themselves in English. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/where the loss falls fastest per decade of the learning rate/g, "学习率每十倍损失下降最快之处"],
  [
    /no suggestion: (\d+) of (\d+) sweeps show where the loss falls \((.*)\)/g,
    "没有建议：$2 次扫描中只有 $1 次显出损失在何处下降（$3）",
  ],
  [
    /no suggestion: the sweeps disagree by a factor of (\S+); use more repeats or a larger batch/g,
    "没有建议：各次扫描相差 $1 倍；请增加重复次数或加大批次",
  ],
  [
    /the loss rises after (\d+) updates: begin with a smaller rate or take more rates/g,
    "损失在 $1 次更新后上升：请从更小的学习率开始，或多取一些学习率",
  ],
  [
    /the loss does not fall by more than its noise: use a larger batch or more rates/g,
    "损失的下降不超过其噪声：请加大批次或多取一些学习率",
  ],
  [
    /the loss still falls fastest at the largest rates: go on to larger ones/g,
    "损失在最大的学习率处仍下降最快：请试更大的学习率",
  ],
  [/(\d+) % of the machine's memory/g, "本机内存的 $1 %"],
  [/(\d+) % of what the control group allows/g, "控制组所允许内存的 $1 %"],
  [/(\d+) % of the memory that is free at present/g, "当前空闲内存的 $1 %"],
  [/stopped when it passed the limit/g, "超过上限时被终止"],
  [/took more than the limit/g, "用量超过上限"],
  [/ended by (SIG\w+)/g, "被 $1 终止"],
  [/exit code (\d+)/g, "退出码 $1"],
  [/(\d+) fitted once and then did not: memory is close there/g, "$1 放得下一次，随后又放不下：那里已接近内存极限"],
  [/(\d+) failed, and not for memory: /g, "$1 失败，但不是因为内存："],
  [/(\d+) is the maximum: larger ones were not tried/g, "$1 是所设的最大值：没有试更大的"],
];

/** Such a reason in Chinese; what an engine or a system says stays as it is. */
export function reasonInChinese(reason: string): string {
  return reasons.reduce((text, [english, chinese]) => text.replace(english, chinese), reason).replaceAll("; ", "；");
}

/** What groups are formed by: the class, or a column that keeps its name. */
export function groupingInChinese(by: string): string {
  return by === "class" ? "类别" : ` ${by} `;
}
