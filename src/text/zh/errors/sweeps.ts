/** What errors of sweeps say in Chinese, by what they say in English: see `ErrorLines`. */
export const sweepsErrors: Readonly<Record<string, string>> = {
  "sweep: expected a sweep that runs, got {0}, which does not; go on with it by batchscope sweep resume {1}":
    "sweep：应为正在运行的超参数搜索，实际 {0} 没有运行；请用 batchscope sweep resume {1} 继续它",
  "`medianStopping`: expected trials of this machine, whose evaluations are seen as they come, got `queue`; take `halving`":
    "`medianStopping`：应为此机器上的试验，其验证结果随时可见，实际为 `queue`；请用 `halving`",
  "`minimumBudget`: expected epochs=N or examples=N, got {0}; write for example epochs=1":
    "`minimumBudget`：应为 epochs=N 或 examples=N，实际为 {0}；例如写成 epochs=1",
  "{0}: expected trials that are all known before, as `slurm` is given, got {1}, which chooses them by what came before; leave one of them out":
    "{0}：提交给 `slurm` 的试验应事先全部确定，实际有 {1}，它根据之前的结果选择试验；请去掉其中之一",
  "`halving`: expected a budget of examples, got {0}; leave `budget` out, or write examples=N":
    "`halving`：预算应以样本计，实际为 {0}；请去掉 `budget`，或写成 examples=N",
  "`minimumBudget`: expected less than the {0} examples that a setting is given, got {1}; lower it, or raise `epochs`":
    "`minimumBudget`：应小于每种设置的 {0} 个样本，实际为 {1}；请减小它，或增大 `epochs`",
  "`halving`: expected at least {0} settings, so that one in {1} of {2} rungs leaves one, got {3}; raise `trials` or `minimumBudget`":
    "`halving`：应至少有 {0} 种设置，使 {2} 级中每级留下 1/{1} 后还剩一种，实际为 {3}；请增大 `trials` 或 `minimumBudget`",
  "`random`: expected {0}, got {1}; {2}": "`random`：应为{0*}，实际为 {1}；请{2*}",
  "{0}: expected an option and its values, got {1}; write for example {2}":
    "{0}：应为选项及其值，实际为 {1}；例如写成 {2}",
  '{0}: expected an option of train, got {1}; did you mean "{2}"?':
    "{0}：应为 train 的选项，实际为 {1}；您是否要写“{2}”？",
  "{0}: expected an option of train, got {1}; leave it out": "{0}：应为 train 的选项，实际为 {1}；请去掉它",
  "{0}: expected an option that may vary, got {1}, which all settings share; give it once, or see `budget` and `seeds`":
    "{0}：应为可以变化的选项，实际 {1} 由所有设置共用；请只给一次，或看 `budget` 和 `seeds`",
  "{0}: expected values of {1} with commas between them, got {2}; leave no place empty":
    "{0}：应为 {1} 的以逗号分隔的值，实际为 {2}；请不要留空",
  "{0}: expected different values of {1}, got {2} twice; leave one out":
    "{0}：{1} 的值应互不相同，实际 {2} 出现两次；请去掉一个",
  "sweep: expected options that vary, got none; give `grid` learning-rate=1e-3,3e-3 or `random` weight-decay=1e-5..1e-1,log":
    "sweep：应有变化的选项，实际没有；请给出 `grid` learning-rate=1e-3,3e-3 或 `random` weight-decay=1e-5..1e-1,log",
  "{0}: expected one list or range, got two; leave one of `grid` and `random` out":
    "{0}：应只有一个列表或范围，实际有两个；请去掉 `grid` 与 `random` 之一",
  "{0}: expected values in `grid` or `random` alone, got one beside them; leave it out":
    "{0}：值应只在 `grid` 或 `random` 中给出，实际另外还有；请去掉它",
  "{0}: expected one loss, so that validation losses can be compared, got several; take `metric` validation-accuracy, or leave it out":
    "{0}：要比较验证损失，应只有一种损失，实际有多种；请用 `metric` validation-accuracy，或去掉它",
  "`trials`: expected how many settings to draw, got nothing; pass `trials` 20":
    "`trials`：应给出要抽取多少种设置，实际没有；请传入 `trials` 20",
  "`halving`: expected one way to stop early, got `medianStopping` too; keep one of them":
    "`halving`：应只用一种方式提前停止，实际还有 `medianStopping`；请保留其中之一",
  "`budget`: expected updates=N, examples=N or seconds=S for a sweep, got target-loss; choose one of them":
    "`budget`：搜索的预算应为 updates=N、examples=N 或 seconds=S，实际为 target-loss；请选择其中之一",
  "`metric`: expected data of classes for validation-accuracy, got {0}, whose target is a number; take validation-loss":
    "`metric`：用 validation-accuracy 应为类别数据，实际 {0} 的目标为数值；请用 validation-loss",
  "sweep: expected settings with the same validation data, got others for {0}; let only options vary that leave them as they are":
    "sweep：各设置的验证数据应相同，实际 {0} 的不同；请只改变不影响验证数据的选项",
  "{0}: expected `halving` beside it, got none; pass it, or leave this out":
    "{0}：应与 `halving` 一起给出，实际没有；请加上它，或去掉这个选项",
  "{0} {1}: expected a value, got nothing; give one, or leave the key out":
    "{0} {1}：应有值，实际没有；请给出一个，或去掉该键",
  "{0}: expected an option that a sweep's trainings can have, got one that the sweep decides; leave it out, or see `budget` and `seeds`":
    "{0}：应为搜索的各次训练可有的选项，实际由搜索决定；请去掉它，或看 `budget` 和 `seeds`",
  '`metric`: expected {0}, got {1}; did you mean "{2}"?': "`metric`：应为 {0*}，实际为 {1}；您是否要写“{2}”？",
  "`metric`: expected {0}, got {1}; change it": "`metric`：应为 {0*}，实际为 {1}；请更改",
  "{0}: expected a whole number of at least {1}, got {2}; change it": "{0}：应为至少 {1} 的整数，实际为 {2}；请更改",
  "{0}: expected true or false, got {1}; change it": "{0}：应为 true 或 false，实际为 {1}；请更改",
  "`grid`: expected at most {0} points, got {1}; give `random` ranges instead":
    "`grid`：应至多有 {0} 个点，实际为 {1}；请改用 `random` 的范围",
  "sweep: expected two settings or more, got {0}; give more values, or use train":
    "sweep：应有两种设置或更多，实际为 {0*}；请给出更多值，或用 train",
  "`trials`: expected {0}, got {1}; lower it, or give more values or ranges":
    "`trials`：应为{0*}，实际为 {1}；请减小它，或给出更多值或范围",
  "`study`: expected a name that no sweep has, got {0}, which is one; name another study":
    "`study`：应为没有搜索用过的名称，实际 {0} 是一次搜索；请另起名称",
  '{0}: expected the sweep "{1}", got {2}; start one with `batchscope sweep`':
    "{0}：应有超参数搜索“{1}”，实际为{2*}；请用 `batchscope sweep` 开始一次",
  "`study`: expected a name that no comparison has, got {0}, which is one; name another study":
    "`study`：应为没有比较用过的名称，实际 {0} 是一个比较；请另起名称",
};
