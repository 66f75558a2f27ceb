/** What errors of analyses, studies and exports say in Chinese, by what they say in English: see `ErrorLines`. */
export const studiesErrors: Readonly<Record<string, string>> = {
  "`seconds`: expected at least {0} for three seeds of the run and one remedy, got {1}; raise it":
    "`seconds`：三个种子的原设置与一项对策至少需要 {0}，实际为 {1}；请增大",
  "{0}: expected a run, or options of one that is trained first, got both; leave one of them out":
    "{0}：应给出一个运行，或先训练的运行的选项，实际两者都有；请去掉其一",
  "critical-batch: expected a parent that trains to its end, got {0}, which diverged; lower the learning rate":
    "critical-batch：供分支的运行应训练到结束，实际 {0} 发散了；请减小学习率",
  "{0}: expected a checkpoint that keeps {1} of its optimizer, got weights without; branch from one that train wrote":
    "{0}：检查点应保存优化器的 {1*}，实际只有权重；请从 train 写的检查点分支",
  "`memory`: expected at most the {0} GiB of this machine, on which pilots are trained, got {1}; ask for less, or run this on the machine that is meant":
    "`memory`：试训在本机进行，本机有 {0} GiB，应不超过它，实际为 {1}；请减少，或在所指的机器上运行",
  "`devices`: expected `secondsPerSync` beside {0} devices, got none; measure what they take to agree on an update, and give it":
    "`devices`：{0} 个设备应同时给出 `secondsPerSync`，实际没有；请测量它们同步一次更新所需的时间并给出",
  "`secondsPerSync`: expected `devices` of 2 or more beside it, got 1 device, which agrees with itself; leave it out":
    "`secondsPerSync`：应与 2 个以上的 `devices` 一起给出，实际为 1 个设备，无需同步；请去掉它",
  "`targetBatchSize`: expected a multiple of `batchSize` {0}, so that all micro-batches are of one size, got {1}; change it":
    "`targetBatchSize`：应为 `batchSize` {0} 的倍数，使微批次大小相同，实际为 {1}；请更改",
  "{0}: expected a present setting whose updates have one size and constants of their own, got {1}; leave it out":
    "{0}：现有设置的更新应大小不变、常数直接给出，实际为 {1}；请去掉它",
  "{0}: expected at most the {1} examples of an epoch in an update, got {2}; lower it":
    "{0}：一次更新应不超过一轮的 {1} 个样本，实际为 {2}；请减小",
  "`batchSizes`: expected multiples of the {0} devices, got {1}; change it":
    "`batchSizes`：应为 {0} 个设备的倍数，实际为 {1}；请更改",
  "`learningRate`: expected a present setting that can be trained, got one that diverges at {0}; lower it":
    "`learningRate`：现有设置应能训练，实际在 {0} 时发散；请降低",
  "`targetLoss`: expected a validation loss that pilots of the present setting reach, got {0}, where one came to {1}; raise it, `seconds` or `epochs`":
    "`targetLoss`：应为现有设置的试训能达到的验证损失，实际为 {0}，而有一次试训只到 {1}；请增大它、`seconds` 或 `epochs`",
  "recommend: expected memory for micro-batches of several sizes, got {0} that fit; see batchscope profile":
    "recommend：内存应容得下几种大小的微批次，实际能容纳 {0*}；见 batchscope profile",
  "recommend: expected a pilot of {0} with seed {1}, got {2}; the same command tries it again":
    "recommend：应有 {0}、种子 {1} 的试训，实际为 {2*}；同一条命令会再试",
  "{0}: expected a number, got {1}; change it": "{0}：应为数字，实际为 {1}；请更改",
  "--pilots: expected a run beside it, got none; leave it out: without a run pilots are trained":
    "--pilots：应与一次运行一起给出，实际没有；请去掉它：没有运行时总会试训",
  "{0}: expected no option of a training beside a run, which has its own, got one; leave it out, or the run":
    "{0}：给出运行时不应再有训练选项，因为它有自己的，实际有；请去掉它，或去掉运行",
  "--goal: expected {0}, got {1}; choose one": "--goal：应为 {0}，实际为 {1}；请选择其一",
  "{0}: expected a number of seconds above 0, got {1}; change it": "{0}：应为大于 0 的秒数，实际为 {1}；请更改",
  "--target-loss: expected --study beside it, got none; leave it out, or name a study of several batch sizes":
    "--target-loss：应与 --study 一起给出，实际没有；请去掉它，或给出含多种批次大小的研究",
  "--study: expected a study alone, got {0} too; leave one of them out":
    "--study：应只给出研究，实际还有 {0}；请去掉其一",
  "--target-loss: expected a loss, got {0}; write for example 0.4": "--target-loss：应为损失，实际为 {0}；例如写成 0.4",
  "`study`: expected a study of two batch sizes or more, got {0} in {1}; compare several with `tune` learning-rate=…":
    "`study`：研究应含两种或更多批次大小，实际 {1} 中为 {0*}；请用 `tune` learning-rate=… 比较几种",
  "`study`: expected two seeds or more that have ended in every arm, got {0} in {1}; the study's own command goes on":
    "`study`：应有两个或更多种子在每一方都已结束，实际 {1} 中有 {0} 个；该研究自己的命令会继续",
  "`targetLoss`: expected a loss that every seed of some batch size reaches, got {0}; the lowest such is {1}":
    "`targetLoss`：应为某种批次大小的所有种子都能达到的损失，实际为 {0}；这样的最低值为 {1}",
  "paretoFit: expected two or more batch sizes that ascend, got {0}; add some":
    "paretoFit：应有两种或更多递增的批次大小，实际为 {0*}；请增加",
  "paretoFit: expected the same two or more seeds of each batch size, got {0}; add some":
    "paretoFit：每种批次大小应有相同的两个或更多种子，实际为 {0*}；请增加",
  "{0}: expected numbers with commas between them, got {1}; change it": "{0}：应为以逗号分隔的数，实际为 {1}；请更改",
  "`seeds`: expected two seeds or more, got {0} alone; an interval needs them":
    "`seeds`：应为两个以上种子，实际只有 {0}；区间需要它们",
  "`lrScale`: expected none, as it is measured how the learning rate follows the batch, got {0}; leave it out":
    "`lrScale`：应为 none，因为要测的正是学习率如何随批次变化，实际为 {0}；请去掉它",
  "`batchSizes`: expected batches of at most the {0} training examples, got {1}; leave out what is larger":
    "`batchSizes`：批次应至多为 {0} 个训练样本，实际为 {1}；请去掉更大的",
  "`batchSizes`: expected {0} batch sizes or more that ascend, got {1}; write for example 8,32,128":
    "`batchSizes`：应为 {0} 个以上递增的批次大小，实际为 {1*}；例如写成 8,32,128",
  "`learningRates`: expected {0} different rates above 0 or more, got {1}; write for example 1e-3,2e-3,4e-3,8e-3":
    "`learningRates`：应为 {0} 个以上大于 0 的不同学习率，实际为 {1*}；例如写成 1e-3,2e-3,4e-3,8e-3",
  "`mostRates`: expected at least {0}, with which a batch begins, got {1}; raise it":
    "`mostRates`：应至少为一个批次开始时的 {0} 个，实际为 {1}；请增大",
  "`microBatch`: expected a divisor of every batch that is larger, got {0} for a batch of {1}; change it":
    "`microBatch`：应整除每个更大的批次，批次 {1} 时实际为 {0}；请更改",
  "--steps: expected it without --examples, got both; leave one of them out":
    "--steps：应不与 --examples 一起给出，实际两者都有；请去掉其中一个",
  "--scale-exponent: expected --scale-rule measured beside it, got {0}; leave it out":
    "--scale-exponent：应与 --scale-rule measured 一起给出，实际为 {0*}；请去掉它",
  "--seeds: expected two seeds or more, got {0}; an interval needs them":
    "--seeds：应有两个或更多种子，实际为 {0}；没有它们就给不出区间",
  "--scale-rule: expected {0}, got {1}; choose one": "--scale-rule：应为 {0}，实际为 {1}；请选择其一",
  "`targetBatchSize`: expected a run whose micro-batches are of one size, got {0} of {1}; choose another run":
    "`targetBatchSize`：该运行的微批次应大小相同，实际为 {0}，每个 {1}；请选择别的运行",
  "{0}: expected a run whose rule for another batch changes the learning rate alone, got {1}; train one with these constants themselves":
    "{0}：该运行的批次规则应只改变学习率，实际为 {1}；请直接用这些常数训练一次",
  "`factors`: expected whole numbers that ascend from 1, got {0}; write for example 1,2,4,8":
    "`factors`：应为从 1 起递增的整数，实际为 {0*}；例如写成 1,2,4,8",
  "critical-batch: expected a batch that the {0} training examples hold twice, got {1}; branch from a run with a smaller one":
    "critical-batch：批次应能在 {0} 个训练样本中放下两次，实际为 {1}；请从批次更小的运行分支",
  "`factors`: expected at most {0} times the batch of {1}, as there are {2} training examples, got {3}; leave out what is larger, or branch from a run with a smaller batch":
    "`factors`：训练样本有 {2} 个，应不超过批次 {1} 的 {0} 倍，实际为 {3}；请去掉更大的，或从批次更小的运行分支",
  "`examples`: expected at least the {0} of one update of the largest batch, got {1}; raise it":
    "`examples`：应不少于最大批次一次更新的 {0} 个，实际为 {1}；请增大它",
  "analyze: expected mini-batches of at most {0} examples, two being the fewest that {1} with its {2} must give, got {3}; lower `batchSize`":
    "analyze：小批次应至多 {0} 个样本，因为有 {2} 个样本的 {1} 至少应给出两个，实际为 {3}；请减小 `batchSize`",
  "analyze: expected at most the {0} examples of {1}, got {2} rows of {3} = {4}; lower `rows` or `batchSize`":
    "analyze：应至多用 {1} 的 {0} 个样本，实际 {2} 行各 {3} 个 = {4}；请减小 `rows` 或 `batchSize`",
  "{0}: expected the number of examples behind its gradient, as other files say it, got {1}; save it in every file":
    "{0}：应与其他文件一样写明其梯度由多少个样本得出，实际为 {1*}；请在每个文件中保存它",
  "{0}: expected {1} whole numbers of examples, got {2}; count the examples of each row":
    "{0}：应有 {1} 个整数表示样本数，实际为 {2*}；请计每行的样本数",
  "`memoryBudget`: expected at least {0} MiB for {1} rows{2}, got {3}; raise it":
    "`memoryBudget`：{1} 行{2*}应至少有 {0} MiB，实际为 {3}；请增大它",
  "{0}: expected a file or a folder of gradients, got nothing there; check the path":
    "{0}：应为存放梯度的文件或文件夹，那里却什么也没有；请检查路径",
  "{0}/{1}: expected at most {2} unpacked of {3}, got {4}; raise `memoryBudget`, or save the file uncompressed":
    "{0}/{1}：压缩后为 {3*}，解压后应至多 {2*}，实际为 {4*}；请增大 `memoryBudget`，或保存为未压缩的文件",
  "{0}: expected one array, got {1} ({2}); save the gradients alone, or one file for each batch in a folder":
    "{0}：应只有一个数组，实际有 {1} 个（{2}）；请单独保存梯度，或在文件夹中每个批次一个文件",
  "{0}: expected a floating-point matrix [K ≥ 2, P ≥ 1], got {1}; stack one gradient per row":
    "{0}：应为浮点矩阵 [K ≥ 2, P ≥ 1]，实际为 {1}；请每行放一个梯度",
  "{0}: expected a .safetensors, .npz or .npy file for each of at least 2 batches, got {1}; save more":
    "{0}：应至少有 2 个批次，各有一个 .safetensors、.npz 或 .npy 文件，实际为 {1}；请多保存一些",
  "{0}: expected floating-point gradients, got {1}; leave it out": "{0}：梯度应为浮点数，实际为 {1}；请略去它",
  "{0}: expected C order, got Fortran order; save numpy.ascontiguousarray(a)":
    "{0}：应为 C 顺序，实际为 Fortran 顺序；请保存 numpy.ascontiguousarray(a)",
  "{0}: expected gradients, got no array; save them with their names": "{0}：应有梯度，实际没有数组；请连同名称保存",
  "{0}: expected {1} as in {2}, got {3}; save every batch alike":
    "{0}：应与 {2} 一样为 {1}，实际为 {3*}；请把各批次保存成一样",
  "{0}: expected the arrays of {1}, got this one too; save every batch alike":
    "{0}：应与 {1} 的数组相同，实际还有这一个；请把各批次保存成一样",
  "{0}: expected finite gradients, got {1} in row {2}, column {3}; leave that batch out":
    "{0}：梯度应为有限的数，实际第 {2} 行第 {3} 列为 {1}；请略去该批次",
  "{0}: expected a name ending in .safetensors, .npz or .npy, got another; convert the file":
    "{0}：名称应以 .safetensors、.npz 或 .npy 结尾，实际为别的；请转换该文件",
  '{0}: expected little-endian floats or integers, got {1}; convert it with .astype("{2}")':
    '{0}：应为小端浮点数或整数，实际为 {1*}；请用 .astype("{2}") 转换',
  "{0}: expected {1} bytes for {2}[{3}], got {4}; save it again": "{0}：{2}[{3}] 应有 {1} 字节，实际为 {4}；请重新保存",
  "`fullPass`: expected examples that weigh the same, got weights of {0} and {1}; leave `fullPass` out":
    "`fullPass`：各样本的权重应相同，实际为 {0} 和 {1}；请去掉 `fullPass`",
  "analyze: expected a label that counts in every mini-batch, {0}; {1}":
    "analyze：每个小批次都应有计入损失的标签，{0*}；请{1*}",
  "`memoryBudget`: expected at least {0} MiB for {1} rows of this model, got {2}; raise it, or lower `rows`":
    "`memoryBudget`：此模型的 {1} 行应至少有 {0} MiB，实际为 {2}；请增大它，或减小 `rows`",
  "`by`: expected at least 2 groups of 2 × {0} examples by {1}, got {2} of {3}; lower `batchSize`, or group by something else":
    "`by`：按 {1} 分组应至少有 2 组，各 2 × {0} 个样本，实际 {3} 组中只有 {2} 组；请减小 `batchSize`，或按别的分组",
  '`by`: expected {0} for {1}, got "{2}"; {3}': "`by`：{1} 应为{0*}，实际为“{2}”；请{3*}",
  "learning rates: expected 0 < from < to, got {0} and {1}; change `from` or `to`":
    "学习率：应为 0 < from < to，实际为 {0} 和 {1}；请更改 `from` 或 `to`",
  "learning rates: expected at least 2, got {0}; raise `rates`": "学习率：应至少有 2 个，实际为 {0}；请增大 `rates`",
  "findMicroBatch: expected a maximum of at least 1, got {0}; change `maximum`":
    "findMicroBatch：最大值应至少为 1，实际为 {0}；请更改 `maximum`",
  "findMicroBatch: expected one example to be trained on, got: {0}; try train first":
    "findMicroBatch：应能训练一个样本，实际为：{0*}；请先试 train",
  "tryMicroBatch: expected at most the {0} examples of {1}, got {2}; lower the size":
    "tryMicroBatch：应至多为 {1} 的 {0} 个样本，实际为 {2}；请减小",
  '{0}: expected {1}, got "{2}"; write for example 1,2,4,…,64': "{0}：应为{1*}，实际为“{2}”；例如写成 1,2,4,…,64",
  "`batchSizes`: expected a size of at most the {0} examples of an epoch, got {1}; lower it":
    "`batchSizes`：应至多为一轮的 {0} 个样本，实际为 {1}；请减小",
  "`arm` {0}: {1}": "`arm` {0}：{1*}",
  "{0}: expected one list of values, got two; leave one of them out":
    "{0}：应只有一个值的列表，实际有两个；请去掉其中之一",
  "{0}: expected key=value,value, got {1}; write for example learning-rate=1e-3,3e-3":
    "{0}：应为 键=值,值，实际为 {1}；例如写成 learning-rate=1e-3,3e-3",
  "`arm`: expected a name of characters that can be printed, got {0}; change it":
    "`arm`：名称应只含可打印的字符，实际为 {0}；请更改",
  "`budget`: expected at most {0} {1}, got {2}; ask for less": "`budget`：应不超过 {0} {1}，实际为 {2}；请减少",
  "{0}: expected values with commas between them, got {1}; leave no place empty":
    "{0}：应为以逗号分隔的值，实际为 {1}；请不要留空",
  "{0}: expected an option in which arms may differ, got one that is the study's; give it once, or see `budget` and `seeds`":
    "{0}：应为各组可以不同的选项，实际属于整个研究；请只给一次，或看 `budget` 和 `seeds`",
  '`arm`: expected "name: key=value key=value", got {0}; write for example "large: batch-size=64 learning-rate=2e-3"':
    '`arm`：应为“名称: 键=值 键=值”，实际为 {0}；例如写成 "large: batch-size=64 learning-rate=2e-3"',
  "compare: expected two arms or more, got {0}; give a list, as `batchSize` 4,16, or `arm`":
    "compare：应有两组或更多，实际为 {0*}；请给出列表，如 `batchSize` 4,16，或用 `arm`",
  "compare: expected two arms or more, got {0}; write { name: options, … }":
    "compare：应有两组或更多，实际为 {0}；请写成 { 名称: 选项, … }",
  "`seeds`: expected how many, or a list of them, got {0}; write 6": "`seeds`：应为个数或列表，实际为 {0}；请写 6",
  "`arm`: expected a name of its own for each arm, got {0} twice; rename one of them":
    "`arm`：每一组应有自己的名称，实际有两组都叫 {0}；请给其中一组改名",
  "compare: expected arms that differ, got {0} and {1}, which do not; leave one of them out":
    "compare：各组应不同，实际 {0} 与 {1} 相同；请去掉其中之一",
  "`budget`: expected updates=N, examples=N, seconds=S or target-loss=X, got {0}; write for example examples=10000":
    "`budget`：应为 updates=N、examples=N、seconds=S 或 target-loss=X，实际为 {0}；例如写成 examples=10000",
  "`accumulationSchedule`: expected arms whose updates stay as large with the budget {0}, got {1}; choose `budget` updates=N or target-loss=X":
    "`accumulationSchedule`：预算为 {0} 时各组每次更新的样本数应不变，实际为 {1}；请用 `budget` updates=N 或 target-loss=X",
  "`budget`: expected a schedule that needs no length with seconds, got {0} of the arm {1}; choose another schedule or budget":
    "`budget`：以秒为预算时应为不需要长度的调度，实际组 {1} 为 {0}；请选择别的调度或预算",
  "`seeds`: expected other seeds than {0}, which tune, got {1}; choose others":
    "`seeds`：应不同于调学习率所用的 {0}，实际有 {1}；请选择别的",
  "`tune`: expected arms that differ in more than {0}, got {1} and {2}; leave one of them out, or `tune`":
    "`tune`：各组应不只 {0} 不同，实际 {1} 与 {2} 只差它；请去掉其中之一，或去掉 `tune`",
  '`baseline`: expected one of the arms {0}, got {1}; did you mean "{2}"?':
    "`baseline`：应为各组 {0} 之一，实际为 {1}；您是否要写“{2}”？",
  "`baseline`: expected one of the arms {0}, got {1}; choose one of them":
    "`baseline`：应为各组 {0} 之一，实际为 {1}；请选择其中之一",
  "`dryRun`: expected {0} updates of the arm {1}, got {2}; mend it first":
    "`dryRun`：组 {1} 应更新 {0} 次，实际为{2*}；请先改好它",
  "`protocol`: expected {0}, got {1}; choose one": "`protocol`：应为 {0*}，实际为 {1}；请选择一个",
  "`protocol`: expected equal updates and lists of numbers alone with {0}, got {1}; leave one of them out":
    "`protocol`：{0} 要求更新次数相等，且只用数的列表，实际有 {1}；请去掉其中之一",
  "`seeds`: expected how many (6), a list (4,7,9) or a range (10..15) of at most {0} different seeds, got {1}; change it":
    "`seeds`：应为个数（6）、列表（4,7,9）或范围（10..15），至多 {0} 个不同的种子，实际为 {1}；请更改",
  "{0}/metrics.jsonl: expected an evaluation after the {1} examples of the training, got {2}; remove this run, and the study trains it again":
    "{0}/metrics.jsonl：训练的 {1} 个样本之后应有验证，实际为{2*}；请移走该运行，研究会重新训练它",
  "`tune`: expected a numeric option in which arms may differ and its values, got {0}; write for example learning-rate=1e-3,3e-3,1e-2":
    "`tune`：应为各组可以不同的数值选项及其值，实际为 {0}；例如写成 learning-rate=1e-3,3e-3,1e-2",
  "`tune`: expected two different values or more of {0}, each {1}, got {2}; change them":
    "`tune`：应为 {0} 的两个或更多不同的值，每个为{1*}，实际为 {2}；请更改",
  "{0}: expected a run that trained copy {1}, got none; remove the folder":
    "{0}：应为训练第 {1} 份模型的运行，实际没有；请移走该文件夹",
  'export: expected a graph for any batch size, got {0} "{1}", which is built for one; export its checkpoint as .safetensors':
    "export：计算图应适用于任何批次大小，实际 {0}“{1}”只为一种大小而建；请把其检查点导出为 .safetensors",
  "metrics.jsonl: expected numbers in at most {0} objects, got more at step {1}; restore the file":
    "metrics.jsonl：数应至多在 {0} 层对象中，实际第 {1} 步更多；请恢复该文件",
  "metrics.jsonl: expected at most {0} names of numbers of {1} characters together, got more by line {2}; export it as tensorboard, or restore the file":
    "metrics.jsonl：数的名称应至多 {0} 个，共 {1} 个字符，实际到第 {2} 行已更多；请导出为 tensorboard，或恢复该文件",
  "metrics.jsonl: expected {0} records, got {1}; the file is being changed, try again":
    "metrics.jsonl：应有 {0} 条记录，实际为 {1}；该文件正在被改动，请再试一次",
  "inspect-data: expected at least 4 different examples, two for each fold, got {0}; add others, or raise `limitExamples`":
    "inspect-data：应至少有 4 个不同的样本，每折两个，实际为 {0}；请增加样本，或增大 `limitExamples`",
  "`folds`: expected a whole number from 2 to {0} for {1} different examples, got {2}; change it":
    "`folds`：{1} 个不同的样本应分为 2 到 {0} 折，实际为 {2}；请更改",
  "{0}: expected a model of {1} classes as in {2}, got one of {3}; choose another model":
    "{0}：模型应如 {2} 有 {1} 个类别，实际为 {3}；请选择别的模型",
  "inspect-data: expected data with one class for each example, got numbers in {0}; pass `task` classification where whole numbers are classes, or choose other data":
    "inspect-data：数据的每个样本应有一个类别，实际 {0} 中是数值；若整数代表类别请传入 `task` classification，否则请选择别的数据",
  "inspect-data: expected data with one class for each example, got several targets for each of {0}; choose other data; of these `train` says whether validation examples are trained on too":
    "inspect-data：数据的每个样本应有一个类别，实际 {0} 的每个样本有多个目标；请选择别的数据；对这类数据，`train` 会指出验证样本是否也在训练样本中",
  'inspect-data: expected examples of at least 2 classes, got {0} of {1} that are all of class "{2}"; add the others, there is nothing to tell apart':
    "inspect-data：样本应至少有 2 个类别，实际 {1} 的 {0} 个都属于类别“{2}”；请加入其他类别，否则没有可区分的",
  '`queueName`: expected a name of letters, digits, "-", "_" and ".", got {0}; change it':
    "`queueName`：名称应由字母、数字、“-”、“_”和“.”组成，实际为 {0}；请更改",
  "`queue`: expected an address as {0}, got {1}; change it": "`queue`：地址应如 {0*}，实际为 {1}；请更改",
  "`queue`: expected Redis at {0} back within {1} s, got nothing; start it and give the same command again: trials that have ended are safe, the others go on":
    "`queue`：{0} 的 Redis 应在 {1} 秒内恢复，实际没有；请启动它，再次运行同一命令：已结束的试验都已保存，其余的会继续",
  "`queue`: expected Redis {0} or later at {1}, got {2}; use a later one, or Valkey":
    "`queue`：{1} 应为 Redis {0} 或更高版本，实际为 {2*}；请用更新的版本，或 Valkey",
  "--slurm: expected no --queue beside it, got both; leave one of them out":
    "--slurm：不应与 --queue 同时给出，实际两者都有；请去掉其一",
  "--slurm-options: expected --slurm beside it, got none; give it too":
    "--slurm-options：应同时给出 --slurm，实际没有；请一并给出",
  "--queue: expected an address, or --trial, got neither; give one of them":
    "--queue：应给出地址，或给出 --trial，实际都没有；请给出其一",
  "--trial: expected no --queue beside it, got both; leave one of them out":
    "--trial：不应与 --queue 同时给出，实际两者都有；请去掉其一",
  '`slurmOptions`: expected options of sbatch with their values behind "=", as "--partition=gpu --time=1:00:00", got {0}; change it':
    "`slurmOptions`：应为 sbatch 的选项，值写在“=”之后，如“--partition=gpu --time=1:00:00”，实际为 {0}；请修改",
  "`slurm`: expected {0} to do it, got: {1}; run this where Slurm is, or look at its state":
    "`slurm`：应由 {0} 完成，实际为：{1*}；请在装有 Slurm 的机器上运行，或查看其状态",
  "`trial`: expected STUDY/N, got {0}; change it": "`trial`：应为 STUDY/N，实际为 {0}；请修改",
  "{0}: expected line {1}, got no such line; see `dir`": "{0}：应有第 {1} 行，实际没有；请检查 `dir`",
  "`queue`: expected Redis at {0} to keep what it is given (maxmemory-policy noeviction), got {1}; set it":
    "`queue`：{0} 的 Redis 应保留所存的内容（maxmemory-policy noeviction），实际为 {1}；请这样设置",
  "`queue`: expected the user and password of Redis at {0}, got {1}; write redis://user:password@host, or set BATCHSCOPE_REDIS_PASSWORD":
    "`queue`：应有 {0} 的 Redis 的用户和密码，实际为{1*}；请写成 redis://用户:密码@主机，或设置 BATCHSCOPE_REDIS_PASSWORD",
  "`queue`: expected Redis at {0} to let this user in, got: {1}; change it":
    "`queue`：{0} 的 Redis 应允许该用户进入，实际为：{1}；请更改",
  "`queue`: expected Redis at {0}, got {1}; start it, or check host and port{2}":
    "`queue`：{0} 应有 Redis，实际为 {1*}；请启动它，或检查主机和端口{2*}",
  "{0}: expected a study, got nothing; start it again": "{0}：应有研究，实际没有；请重新开始",
  "worker: expected a trial of Batchscope {0}, got one of {1}; use one version for a study and all its workers":
    "worker：应为 Batchscope {0} 的试验，实际为 {1} 的；一个研究及其所有 worker 请用同一版本",
  "worker: expected a trial of Batchscope {0} with the code {1}, got one with the code {2}; use the same checkout, or the same package, for a study and all its workers":
    "worker：应为代码 {1} 的 Batchscope {0} 的试验，实际代码为 {2}；一个研究及其所有 worker 请用同一份检出或同一个安装包",
  "`dir`: expected the store of the study {0}, which its worker shares, got {1}, which has {2} of this name; give it that store":
    "`dir`：应为研究 {0} 所在的存储目录，实际为 {1}，其中同名的研究：{2*}；请给出那个目录",
  "queue {0}: expected trials, got {1}; use another queue": "队列 {0}：应为试验，实际为 {1}；请用别的队列",
  "`queue`: expected a certificate of {0} that this machine trusts, got {1}; set NODE_EXTRA_CA_CERTS to the file of the authority that signed it":
    "`queue`：{0} 的证书应为本机所信任，实际为 {1}；请把 NODE_EXTRA_CA_CERTS 设为签发它的机构的证书文件",
  "{0}: expected the {1} of the study (fingerprint {2}…), got another ({3}…) at {4}; give this machine those of the study":
    "{0}：应为该研究的 {1*}（指纹 {2}…），{4} 处实际为另一个（{3*}…）；请让这台机器使用该研究的数据与文件",
};
