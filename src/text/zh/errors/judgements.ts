/** What errors of judgements say in Chinese, by what they say in English: see `ErrorLines`. */
export const judgementsErrors: Readonly<Record<string, string>> = {
  "--against-itself: expected one side, got {0} and {1}; leave one of them out":
    "--against-itself：应只有一方，实际为 {0} 和 {1}；请去掉其中之一",
  "judge: expected two sides, got {0} alone; give what it is compared with, or --against-itself for a check of the judge":
    "judge：应有两方，实际只有 {0}；请给出与它比较的一方，或用 --against-itself 检验判断本身",
  'judge: expected two sides, got "" as one; write options as key=value, base, a file, study/arm or a run':
    "judge：应有两方，实际有一方为空；请写选项（键=值）、base、文件、研究/组 或运行",
  "judge: expected {0} to be {1}, got {2}; change it": "judge：{0} 应为 {1*}，实际为 {2}；请更改",
  "--minimum-effect: expected a share of at most 1 of {0}, got {1}; write 0.02 for 2 %":
    "--minimum-effect：{0} 的差异应为至多 1 的比例，实际为 {1}；2 % 请写成 0.02",
  "--minimum-effect: expected a number above 0, got {0}; give the smallest difference that matters, in the unit of the metric":
    "--minimum-effect：应为大于 0 的数，实际为 {0}；请以指标的单位给出有意义的最小差异",
  "--most-seeds: expected from {0} to {1}, got {2}; fewer than {3} cannot show anything at 5 %":
    "--most-seeds：应为 {0} 到 {1}，实际为 {2}；少于 {3} 个在 5 % 水平上什么也显示不了",
  "--confirmation-share: expected a number from 0 to below 1, got {0}; a third is usual, 0 sets none aside":
    "--confirmation-share：应为 0 到小于 1 的数，实际为 {0}；通常为三分之一，0 则不留出",
  "--budget: expected updates=N, examples=N or seconds=S, got {0}; compare judges the time to a loss":
    "--budget：应为 updates=N、examples=N 或 seconds=S，实际为 {0}；达到某损失的时间由 compare 判断",
  "`setAside`: expected fewer than the {0} validation examples, got {1}; lower it, or validate on more":
    "`setAside`：应少于 {0} 个验证样本，实际为 {1}；请减小它，或增加验证样本",
  "{0}: expected the run of a trial, got none; give the same command again":
    "{0}：应有试验的运行，实际没有；请再次运行同一命令",
  '`metric`: expected one of {0}, got {1}; did you mean "{2}"?':
    "`metric`：应为 {0} 之一，实际为 {1}；您是否要写“{2}”？",
  "`metric`: expected one of {0}, got {1}; choose one of them": "`metric`：应为 {0} 之一，实际为 {1}；请选择其中之一",
  "`metric`: expected a metric that trainings on {0} have, got {1}, though the target is a number; choose validation-loss":
    "`metric`：应为在 {0} 上训练所有的指标，实际为 {1}，而目标为数值；请用 validation-loss",
  "`confirmationShare`: expected at least {0} validation examples to look at and as many to confirm on, got {1} and {2}; validate on more with `validationSplit`, or do without a confirmation with 0":
    "`confirmationShare`：应至少有 {0} 个验证样本用于查看，同样多用于确认，实际为 {1} 和 {2}；请用 `validationSplit` 增加验证样本，或用 0 不做确认",
  "judge: expected two sides that differ, got {0} and {1}, which train alike; change one, or give one alone with `againstItself`":
    "judge：两方应不同，实际 {0} 与 {1} 的训练相同；请更改一方，或用 `againstItself` 只给出一方",
  "`config`: expected none beside the file {0}, got another; leave one of them out":
    "`config`：在文件 {0} 以外应没有别的，实际还有一个；请去掉其中之一",
  "{0}: expected no options of train beside {1}, whose own are trained, got some; leave them out, or write both sides as options":
    "{0}：{1*} 用自己的选项训练，此外应没有 train 的选项，实际给出了；请去掉，或把两方都写成选项",
  "judge: expected an arm as study/arm, got {0}, which is a path and no study; write ./{1} for a run, or name the study":
    "judge：应为“研究/组”形式的组，实际 {0} 是路径而不是研究；运行请写成 ./{1}，或写出研究的名称",
  'judge: expected an arm of the study {0}, got {1}; did you mean "{2}"?':
    "judge：应为研究 {0} 的一组，实际为 {1}；您是否要写“{2}”？",
  "judge: expected an arm of the study {0}, got {1}; choose one of {2}":
    "judge：应为研究 {0} 的一组，实际为 {1}；请选择 {2} 之一",
  "judge: expected an arm whose learning rate is known, got {0}, which is not tuned to its end; let compare finish first":
    "judge：应为学习率已知的组，实际 {0} 尚未调完；请先让 compare 完成",
  "judge: expected a run that has ended, got {0}, which still trains; wait for it":
    "judge：应为已经结束的运行，实际 {0} 仍在训练；请等待",
  "judge: expected a run of one training, got {0}, whose copies are averaged; judge its options without them":
    "judge：应为单次训练的运行，实际 {0} 的各副本已经平均；请不带副本判断其选项",
  "{0}: expected one value, got a list; write each value as a side of its own, or see compare":
    "{0}：应为一个值，实际为列表；请把每个值写成一方，或看 compare",
  "confirmPairs: expected a judgement with a verdict, got {0}; there is nothing to confirm":
    "confirmPairs：应为有结论的判断，实际为 {0*}；没有可确认的",
  'side "{0}": {1}': "一方“{0}”：{1*}",
};
