/** What errors of batch schedules say in Chinese, by what they say in English: see `ErrorLines`. */
export const batchScheduleErrors: Readonly<Record<string, string>> = {
  "`accumulationSchedule`: expected the noise scale to be measured, got `noiseScale` off; leave one of the two out":
    "`accumulationSchedule`：应测量噪声尺度，实际 `noiseScale` 为 off；请去掉两者之一",
  "`accumulationMayShrink`: expected `accumulationSchedule` noise-scale beside it, got cbs, which only grows; leave one of the two out":
    "`accumulationMayShrink`：应与 `accumulationSchedule` noise-scale 一起给出，实际为只增不减的 cbs；请去掉两者之一",
  "`steps`: expected `epochs` instead beside `accumulationSchedule` seesaw, whose updates are fewer for the same examples, got {0}; leave it out":
    "`steps`：`accumulationSchedule` seesaw 在样本数相同时更新更少，应改用 `epochs`，实际为 {0}；请去掉它",
  "`accumulationSchedule`: expected batch sizes and the examples from which on they hold, got {0}; write for example ramp:64@20000,128@60000":
    "`accumulationSchedule`：应为批次大小以及从见过多少样本起采用，实际为 {0}；请写成例如 ramp:64@20000,128@60000",
  "`accumulationSchedule`: expected a ramp whose batches do not fall, got {0} after {1}; raise it, or leave it out":
    "`accumulationSchedule`：各批次不应减小，实际 {1} 之后为 {0}；请增大它，或去掉它",
  "`accumulationSchedule`: expected multiples of `batchSize` {0}, as updates are made of micro-batches, got {1}; change one of the two":
    "`accumulationSchedule`：更新由微批次组成，应为 `batchSize` {0} 的倍数，实际为 {1}；请更改两者之一",
  "`accumulationSchedule`: expected rising numbers of examples, got {0}; sort them, and name each once":
    "`accumulationSchedule`：样本数应递增，实际为 {0}；请排序，且每个只写一次",
  "`accumulationSchedule`: expected batches of at most the {0} training examples, got {1}; lower it":
    "`accumulationSchedule`：批次应至多为 {0} 个训练样本，实际为 {1}；请减小它",
  "`accumulationSchedule`: expected a JSON file that critical-batch wrote, got {0}, which is none; write one with `batchscope critical-batch` and `json`":
    "`accumulationSchedule`：应为 critical-batch 写出的 JSON 文件，实际 {0} 不是；请用 `batchscope critical-batch` 与 `json` 写出",
  "`accumulationSchedule`: expected a JSON file that critical-batch wrote, got {0}, which is not there; write one with `batchscope critical-batch` and `json`":
    "`accumulationSchedule`：应为 critical-batch 写出的 JSON 文件，实际 {0} 不存在；请用 `batchscope critical-batch` 与 `json` 写出",
  "`accumulationSchedule`: expected a checkpoint whose critical batch size has a lower end, got none of {0} in {1}; branch with more seeds or examples":
    "`accumulationSchedule`：至少一个检查点的临界批次大小应有下限，实际 {1} 的 {0} 个检查点都没有；请用更多种子或样本做分支",
  "`accumulationSchedule`: expected a schedule of the learning rate for seesaw, got none; choose a `schedule`, as cosine":
    "`accumulationSchedule`：seesaw 需要学习率计划，实际没有；请选用 `schedule`，如 cosine",
  "`accumulationSchedule`: expected a learning rate that only falls after its warm-up for seesaw, got the schedule {0}, which rises again; choose another `schedule`, as cosine":
    "`accumulationSchedule`：seesaw 要求学习率在预热之后只降不升，实际的计划 {0} 会再次上升；请换用其他 `schedule`，如 cosine",
  "`accumulationSchedule`: expected a learning rate that falls for seesaw, which does nothing without, got the schedule {0}; choose another `schedule`, as cosine, or leave seesaw out":
    "`accumulationSchedule`：学习率不下降时 seesaw 不起作用，实际的计划为 {0}；请换用其他 `schedule`，如 cosine，或去掉 seesaw",
  "`accumulationSchedule`: expected a rule of the learning rate with an exponent above 0 for seesaw, got {0}; choose `lrScale` sqrt or linear":
    "`accumulationSchedule`：seesaw 要求学习率规则的指数大于 0，实际为 {0}；请选用 `lrScale` sqrt 或 linear",
};

/** Words that its errors put in. */
export const batchSchedulePhrases: Readonly<Record<string, string>> = {
  "noise-scale, cbs, cbs:FILE, seesaw, ramp:BATCH@EXAMPLES,… or EPOCH:STEPS,…":
    "noise-scale、cbs、cbs:文件、seesaw、ramp:批次@样本数,… 或 轮次:步数,…",
};
