/** What errors of options and runs that are trained say in Chinese, by what they say in English: see `ErrorLines`. */
export const sessionErrors: Readonly<Record<string, string>> = {
  "{0}: expected a log of a training, got no file; name one": "{0}：应为训练的记录，实际没有这个文件；请给出一个",
  "{0}: expected a log of at most 512 MiB, got a larger file; log less often":
    "{0}：记录应至多 512 MiB，实际文件更大；请减少记录次数",
  "{0}: expected numbers called loss, train_loss, val_loss or the like, got none; log the loss under such a name":
    "{0}：应含名为 loss、train_loss、val_loss 之类的数，实际没有；请以这样的名称记录损失",
  '`failOn`: expected kinds of findings as {0}, got "{1}"{2}': "`failOn`：应为 {0} 等发现的种类，实际为“{1}”{2*}",
  "train: expected nothing that `failOn` names, got {0} at update {1}; see the line above, or leave `failOn` out":
    "train：第 {1} 次更新出现 `failOn` 所列的 {0}；见上一行，或去掉 `failOn`",
  "`preconditioned`: expected a run whose optimizer has scaled its gradients, as adam, got {0} after {1} steps; choose another run or checkpoint, or leave it out":
    "`preconditioned`：运行的优化器应缩放过梯度，如 adam，实际为 {0}，走了 {1} 步；请另选运行或检查点，或去掉它",
  "{0}: expected a checkpoint that keeps its optimizer's state, got {1}; choose another with `checkpoint`, or leave it out":
    "{0}：检查点应保存优化器状态，实际为 {1*}；请用 `checkpoint` 另选一个，或去掉它",
  "`slice`: expected a checkpoint of a run for path, got parameters alone; draw a line or a plane":
    "`slice`：path 需要运行的检查点，实际只有参数；请画 line 或 plane",
  "`slice`: expected at least 3 checkpoints for path, got {0} of {1}; train with a lower `checkpointEvery`, or draw a line":
    "`slice`：path 至少需要 3 个检查点，{1} 只有 {0} 个；请以较小的 `checkpointEvery` 训练，或改画 line",
  "`to`: expected a run of {0} {1}, as {2}, got {3} of {4}; choose another run":
    "`to`：应为 {0} 是 {1} 的运行，与 {2} 相同，实际为 {4} 的 {3}；请另选一次运行",
  "{0}: expected a run in {1} or an .onnx file (there are {2}), got neither{3}":
    "{0}：应为 {1} 中的运行或 .onnx 文件（现有 {2*}），实际两者都不是{3*}",
  "{0}: expected a run in {1} or an .onnx file (there are {2}), got another file; pass data as `data`, and a model as an .onnx file":
    "{0}：应为 {1} 中的运行或 .onnx 文件（现有 {2*}），实际是别的文件；数据请用 `data` 传入，模型请用 .onnx 文件",
  "{0}: expected a run in {1} or an .onnx file (there are {2}), got neither; check the name, or pass `dir`":
    "{0}：应为 {1} 中的运行或 .onnx 文件（现有 {2*}），实际两者都不是；请检查名称，或传入 `dir`",
  "{0}: expected data to train on, got some for a model that is trained, of which all are used; leave it out":
    "{0}：应为训练用的数据，实际的数据用于已训练好的模型，全部都会用到；请去掉它",
  "{0}: expected `data` beside it, as the run's own data are read as they were, got none; leave it out":
    "{0}：应同时给出 `data`，因为运行自身的数据按原样读取，实际没有；请去掉它",
  "{0}: expected one spelling, got {1} too; keep one of them": "{0}：应只用一种写法，实际还有 {1}；请保留其中之一",
  "`initOptimizer`: expected a checkpoint as `initFrom`, got {0}; name one, or leave it out":
    "`initOptimizer`：`initFrom` 应为一个检查点，实际为 {0*}；请指定一个，或去掉此选项",
  "`set`: expected key=value, got {0}; write for example `set` epochs=10":
    "`set`：应为 键=值，实际为 {0}；例如写成 `set` epochs=10",
  "{0}: expected one spelling of {1}, got {2} too; keep one of them":
    "{0}：{1} 应只用一种写法，实际还有 {2}；请保留其中之一",
  "{0}: expected an option of the optimizer {1}, got one of {2}; leave it out":
    "{0}：应为优化器 {1} 的选项，实际为 {2} 的；请去掉它",
  '{0}: expected a known option, got {1}; did you mean "{2}"?': "{0}：应为已知的选项，实际为 {1}；您是否要写“{2}”？",
  "{0}: expected a known option, got {1}; leave it out": "{0}：应为已知的选项，实际为 {1}；请去掉它",
  "{0}: expected {1}, got nothing; pass {2}": "{0}：应为{1*}，实际没有给出；请传入 {2}",
  "{0}: expected {1}, got {2}": "{0}：应为{1*}，实际为 {2*}",
  '{0}: expected {1}, got {2}; a graphics processor of NVIDIA is "cuda", any other "webgpu"':
    "{0}：应为{1*}，实际为 {2}；NVIDIA 的显卡用“cuda”，其他用“webgpu”",
  '{0}: expected {1}, got {2} (Did you mean "webgpu"?)': "{0}：应为{1*}，实际为 {2}（您是否要写“webgpu”？）",
  '{0}: expected {1}, got {2}; did you mean "{3}"?': "{0}：应为{1*}，实际为 {2}；您是否要写“{3}”？",
  "{0}: expected an option of the schedule {1}, got one of {2}; leave it out":
    "{0}：应为调度 {1} 的选项，实际为 {2} 的；请去掉它",
  "{0}: expected {1} for the schedule {2}, got nothing; pass {3}": "{0}：调度 {2} 应有{1*}，实际没有给出；请传入 {3}",
  "{0}: expected YAML, got {1}; correct the file": "{0}：应为 YAML，实际为 {1}；请更正该文件",
  "{0}: expected {1}, got {2}; correct the file": "{0}：应为{1*}，实际为{2*}；请更正该文件",
  "{0}:1:1: expected YAML, got: {1}; correct the file": "{0}:1:1：应为 YAML，实际为：{1}；请更正该文件",
  "{0}: expected YAML, got {1}; remove it": "{0}：应为 YAML，实际有{1*}；请去掉它",
  "{0}: expected YAML in UTF-8, got other bytes; save the file as UTF-8":
    "{0}：应为 UTF-8 的 YAML，实际为别的字节；请把文件存为 UTF-8",
  "{0}: expected a configuration of at most {1} bytes, got {2}; check the path":
    "{0}：配置应至多 {1} 字节，实际为 {2}；请检查路径",
  "`config`: expected a YAML file, got {0} (nothing is there); check the path":
    "`config`：应为 YAML 文件，实际为 {0}（那里什么也没有）；请检查路径",
  '`device`: expected one of {0}, got "{1}"{2}': "`device`：应为 {0} 之一，实际为“{1}”{2*}",
  'BATCHSCOPE_ENGINE: expected native or binding, got "{0}"; unset it to choose automatically':
    "BATCHSCOPE_ENGINE：应为 native 或 binding，实际为“{0}”；清除它则自动选择",
  "{0}: expected the data of the run as they were trained on, got others in {1}; restore them":
    "{0}：应为该运行训练时的数据，实际 {1} 中已是别的；请恢复它们",
  '{0}: expected what the model was trained to say ("target" in its metadata), got the export of an older version; export the run again':
    "{0}：应有模型学着回答的内容（元数据中的“target”），实际由旧版本导出；请重新导出该运行",
  '{0}: expected "{1}" in the metadata as export writes it, got {2}; export the run again':
    "{0}：元数据中的“{1}”应如 export 所写，实际为 {2}；请重新导出该运行",
  '{0}: expected bytes, a number with a unit as 2GiB or 500MB, or auto, got "{1}"; change it':
    "{0}：应为字节数，即带单位的数，如 2GiB 或 500MB，或 auto，实际为“{1}”；请更改",
  '{0}: expected a whole number of at least {1}, got "{2}"; change it': "{0}：应为至少 {1} 的整数，实际为“{2}”；请更改",
  "`targetBatchSize`: expected at most the {0} examples of an epoch, got {1}; lower it":
    "`targetBatchSize`：应至多为一轮的 {0} 个样本，实际为 {1}；请减小它",
  "accumulation: expected one way to set the steps, got {0}; keep one of them":
    "accumulation：应只用一种方式设定累积步数，实际有 {0*}；请保留其中之一",
  "`targetBatchSize`: expected at least the batch size {0}, got {1}; lower `batchSize` to {2}":
    "`targetBatchSize`：应至少为批次大小 {0}，实际为 {1}；请把 `batchSize` 减小到 {2}",
  "{0}: expected at least {1}, got {2}; raise it": "{0}：应至少为 {1}，实际为 {2}；请增大它",
  "{0}: expected at most {1}, {2}, got {3}; lower it": "{0}：应至多为 {1}（{2*}），实际为 {3}；请减小它",
  "`evaluateExamples`: expected one way to say when to evaluate, got `evaluateSteps` too; leave one of them out":
    "`evaluateExamples`：应只用一种方式指定何时验证，实际还有 `evaluateSteps`；请去掉其中之一",
  "`lrScale`: expected `baseBatchSize` beside it, got none; give the batch size that the learning rate was meant for":
    "`lrScale`：应与 `baseBatchSize` 一起给出，实际没有；请给出该学习率所针对的批次大小",
  '{0}: expected one of {1}, got "{2}"{3}': "{0}：应为 {1} 之一，实际为“{2}”{3*}",
  '{0}: expected numbers with commas between them{1}, got "{2}"; write 0.5,1,2':
    "{0}：应为以逗号分隔的数{1*}，实际为“{2}”；请写成 0.5,1,2",
  "{0}: expected data with one class per example for balanced, got {1}; give the numbers":
    "{0}：用 balanced 时，数据的每个样本应有一个类别，实际为 {1*}；请直接给出各数",
  "`imageSize`: expected images of at most 8192 × 8192 pixels, got {0}; make it smaller":
    "`imageSize`：图像应至多 8192 × 8192 像素，实际为 {0}；请减小",
  "`statType`: expected `useStatisticalFeatures` beside it, got none; pass it or leave {0} out":
    "`statType`：应与 `useStatisticalFeatures` 一起给出，实际没有；请加上它，或去掉 {0}",
  "{0}: expected `swapWorkers` beside it, got none; pass it or leave {1} out":
    "{0}：应与 `swapWorkers` 一起给出，实际没有；请加上它，或去掉 {1}",
  "`swapWorkers`: expected `swapEpochs` beside it, got none; say how long each copy trains":
    "`swapWorkers`：应与 `swapEpochs` 一起给出，实际没有；请说明每个副本训练多久",
  "`swapWorkers`: expected one average of weights, got `swaStart` too; leave one of them out":
    "`swapWorkers`：应只有一种权重平均，实际还有 `swaStart`；请去掉其中之一",
  "{0}: expected a model that predicts, got one whose output is the loss; choose another":
    "{0}：应为给出预测的模型，实际其输出是损失；请选择别的模型",
  "`stopAccuracy`: expected data of classes, got {0}, whose target is a number; leave it out":
    "`stopAccuracy`：应为类别数据，实际 {0} 的目标为数值；请去掉它",
  "`swapBatchSize`: expected at most the {0} examples, got {1}; lower it":
    "`swapBatchSize`：应至多为 {0} 个样本，实际为 {1}；请减小它",
  "`cycleMomentum`: expected an optimizer whose momentum can be moved, got {0} without; pass `momentum` 0.9, or leave it out":
    "`cycleMomentum`：应为可以改变动量的优化器，实际 {0} 没有动量；请传入 `momentum` 0.9，或去掉它",
  "`cycleMomentum`: expected an optimizer whose momentum can be moved, got {0} without; choose another, or leave it out":
    "`cycleMomentum`：应为可以改变动量的优化器，实际 {0} 没有动量；请选择别的优化器，或去掉它",
  "{0}: expected {1} beside `resume`, got {2}; leave it out, or train a new run":
    "{0}：与 `resume` 一起应为{1*}，实际为 {2}；请去掉它，或训练新的运行",
  "`resume`: expected a run that is not finished, got {0}, whose copies are averaged; train a new run":
    "`resume`：应为尚未结束的运行，实际 {0} 的各副本已经平均；请训练新的运行",
  "`resume`: expected a run that is not finished, got {0}, which has all of its {1} {2}; raise {3} above {4} to train it on":
    "`resume`：应为尚未结束的运行，实际 {0} 已有全部 {1} {2*}；请把 {3} 增大到 {4} 以上以继续训练",
  "{0}: expected the {1} that {2} began with (fingerprint {3}…), got another ({4}…); restore it, or train a new run":
    "{0}：应为 {2} 开始时的 {1*}（指纹 {3}…），实际为另一个（{4*}…）；请恢复它，或训练新的运行",
  "trainRun: expected averageCopies for a run with copies, got none; pass it, or leave them out":
    "trainRun：带有副本的运行应有 averageCopies，实际没有；请传入它，或去掉副本",
  "{0}: expected what the run was started with, got nothing there; restore it, go to a folder where {1} is, or tell analyze by `data`":
    "{0}：应为该运行开始时所用的数据，那里却什么也没有；请恢复它，或到有 {1} 的文件夹中运行，或用 `data` 告诉 analyze",
  "{0}: expected to be started by batchscope itself, got no task; leave it out":
    "{0}：应由 batchscope 自己启动，实际没有任务；请去掉它",
  "`data`: expected {0}, which the run was trained on, or a file or folder, got {1}; its own preparation is not the run's":
    "`data`：应为训练该运行的 {0}，或文件或文件夹，实际为 {1}；它自己的预处理不是该运行的",
  '`subset`: expected the data of the run or one file, got "{0}"; leave it out':
    "`subset`：应为该运行的数据或一个文件，实际为“{0}”；请去掉它",
  "`checkpoint`: expected a run, got {0}, which has one set of weights; leave it out":
    "`checkpoint`：应为运行，实际 {0} 只有一组权重；请去掉它",
  "`data`: expected data for {0}, got none; pass a file, a folder or a name":
    "`data`：应有给 {0} 的数据，实际没有；请传入文件、文件夹或名称",
  "`output`: expected which output of {0} is meant, got none for {1}; name one of them":
    "`output`：应指明 {0} 的哪个输出，实际没有，可选 {1}；请写出其中一个",
  "{0}: expected nothing that the training settled, got {1}; leave it out":
    "{0}：应不给出训练已经确定的选项，实际为 {1}；请去掉它",
  "`missing`: expected refuse or mean, as every row gets its prediction, got drop; choose one of them":
    "`missing`：每一行都有其预测，应为 refuse 或 mean，实际为 drop；请选择其中之一",
  '`checkpoint`: expected one checkpoint, got "all"; choose "best", "last", an epoch or "averaged"':
    "`checkpoint`：应为一个检查点，实际为“all”；请选择“best”、“last”、轮次或“averaged”",
  "train: expected a run to end by itself, got {0}; look for want of memory":
    "train：应自行结束运行，实际收到 {0}；请检查内存是否不足",
  "`data`: expected a data set for a model whose file does not say what it predicts, got rows; pass datasetFromArrays(rows, targets)":
    "`data`：模型文件没有说明它预测什么，应为数据集，实际为各行；请传入 datasetFromArrays(rows, targets)",
  "batchscope: expected Node {0} or newer, got {1}; run the program with it (npx -p node@{2} node program.js), or install it":
    "batchscope：应为 Node {0} 或更新的版本，实际为 {1}；请用它运行程序（npx -p node@{2} node program.js），或安装它",
};
