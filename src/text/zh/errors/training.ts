/** What errors of training say in Chinese, by what they say in English: see `ErrorLines`. */
export const trainingErrors: Readonly<Record<string, string>> = {
  "{0}: expected a checkpoint that says how many micro-batches an update had, got one of an earlier version; train again":
    "{0}：检查点应写明一次更新有多少微批次，实际为早期版本；请重新训练",
  "`accumulationSchedule`: expected micro-batches of one size, got {0}; give `gradientAccumulationSteps` instead of `targetBatchSize`":
    "`accumulationSchedule`：各微批次的大小应相同，实际为 {0}；请用 `gradientAccumulationSteps` 代替 `targetBatchSize`",
  "`accumulationSchedule`: expected at least 1 accumulation step, got {0}; raise it":
    "`accumulationSchedule`：应至少累积 1 步，实际为 {0}；请增大它",
  "`accumulationSchedule`: expected rising epochs from 0 on, got {0}; write 0:1,5:4":
    "`accumulationSchedule`：轮次应从 0 起递增，实际为 {0}；请写成 0:1,5:4",
  "{0}: expected a checkpoint that keeps {1} of its optimizer, got one that keeps {2}; choose one of a run with this optimizer, or leave out `initOptimizer`":
    "{0}：检查点应保存其优化器的 {1*}，实际保存的是 {2*}；请选择使用该优化器的运行的检查点，或去掉 `initOptimizer`",
  "{0}: expected a checkpoint of version {1}, got {2}; it can be analysed, not gone on from":
    "{0}：检查点的版本应为 {1}，实际为 {2}；它可以分析，但不能从它继续",
  '{0}: expected "{1}" as {2}[{3}], got {4}; use the run\'s own model':
    "{0}：“{1}”应为 {2}[{3}]，实际为 {4*}；请用该运行自己的模型",
  "{0}: expected a checkpoint written by batchscope, got none of its metadata; choose another file":
    "{0}：应为 batchscope 写出的检查点，实际没有其元数据；请选择别的文件",
  "{0}: expected epoch, step and examples in its metadata, got others; choose another file":
    "{0}：元数据中应有轮次、步数和样本数，实际为别的；请选择别的文件",
  "{0}: expected a model that gives [N, classes], got {1}; choose a model that classifies examples":
    "{0}：模型应给出 [N, 类别数]，实际为 {1}；请选择对样本分类的模型",
  "{0}: expected weights that lead to the output, got none; train another model{1}":
    "{0}：应有通向输出的权重，实际没有；请训练别的模型{1*}",
  "`loss` {0}: expected numbers as the targets, got {1} classes in {2}; choose a `loss` of classes as cross_entropy":
    "`loss` {0}：目标应为数值，实际 {2} 中有 {1} 个类别；请选择用于类别的 `loss`，如 cross_entropy",
  "`loss` {0}: expected classes as the targets, got numbers in {1}; choose a `loss` of numbers as mse, or pass `task` classification where whole numbers are classes":
    "`loss` {0}：目标应为类别，实际 {1} 中为数值；请选择用于数值的 `loss`，如 mse；若整数是类别，请传入 `task` classification",
  "{0}: expected a model that gives one number for each class, got one that gives {1} for each example; pass `loss` bce_with_logits for two classes, or mse for numbers{2}":
    "{0}：模型应为每个类别给出一个数，实际为每个样本给出{1*}；两个类别请传入 `loss` bce_with_logits，数值请传入 mse{2*}",
  "{0}: expected a model that gives {1} for each example of {2}, got one that gives {3}; pass `loss` bce_with_logits where each example has several answers of 0 or 1, or choose a model of positions{4}":
    "{0}：模型应为 {2} 的每个样本给出{1*}，实际给出{3*}；每个样本有多个取 0 或 1 的答案时请传入 `loss` bce_with_logits，否则请选择逐位置输出的模型{4*}",
  "{0}: expected a model that gives {1} for each example of {2}, got one that gives {3}; choose a model, or a `loss`, for these data{4}":
    "{0}：模型应为 {2} 的每个样本给出{1*}，实际给出{3*}；请为这些数据选择模型或 `loss`{4*}",
  "{0}: expected labels from 0 to {1}, as {2} has {3} {4}, got {5} in example {6}, of labels up to {7}; pass `loss` bce_with_logits for two classes{8}":
    "{0}：{2} 有 {3} 个输出，标签应为 0 到 {1}，实际样本 {6} 中为 {5}，标签最大到 {7}；两个类别请传入 `loss` bce_with_logits{8*}",
  "{0}: expected labels from 0 to {1}, as {2} has {3} {4}, got {5} in example {6}, of labels up to {7}; choose a model of {8} outputs{9}":
    "{0}：{2} 有 {3} 个输出，标签应为 0 到 {1}，实际样本 {6} 中为 {5}，标签最大到 {7}；请选择有 {8} 个输出的模型{9*}",
  "{0}: expected labels from 0 to {1}, as {2} has {3} {4}, got {5} in example {6}, of labels up to {7}; choose a model of {8} outputs{9}, or pass `output` {10}":
    "{0}：{2} 有 {3} 个输出，标签应为 0 到 {1}，实际样本 {6} 中为 {5}，标签最大到 {7}；请选择有 {8} 个输出的模型{9*}，或传入 `output` {10}",
  "gradients: expected {0}, got {1} in example {2}; {3}": "gradients：应为{0*}，实际样本 {2} 中为 {1}；请{3*}",
  'gradients: expected an array "{0}" in the batch, got {1}; save it under the input\'s name':
    "gradients：批次中应有数组“{0}”，实际为 {1*}；请以该输入的名称保存",
  'gradients: expected "{0}" of {1}, got {2}; check the batch and `loss`':
    "gradients：“{0}”应为 {1}，实际为{2*}；请检查批次和 `loss`",
  "learningRateFactor: expected a base batch size of at least 1, got {0}; use `baseBatchSize` 1 or more":
    "learningRateFactor：基准批次大小应至少为 1，实际为 {0}；请用 `baseBatchSize` 1 或更大",
  "averaging: expected {0} to be a whole number of at least 1, got {1}; change it":
    "averaging：{0} 应为至少 1 的整数，实际为 {1}；请更改",
  "averaging: expected a start of at most the {0} epochs, got {1}; lower it":
    "averaging：应至迟从第 {0} 轮开始，实际为 {1}；请减小它",
  "train: expected {0}; lower `learningRate` (now {1}), or {2}":
    "train：应为{0*}；请减小 `learningRate`（现为 {1}），或{2*}",
  "`dropout`: expected a probability of at least 0 and below 1, got {0}; change it":
    "`dropout`：应为至少 0 且小于 1 的概率，实际为 {0}；请更改",
  "`dropout`: expected a model with dropout, got {0} without; leave it out":
    "`dropout`：应为带有 dropout 的模型，实际 {0} 没有；请去掉它",
  '{0}: expected data with "{1}" as {2}, got {3}; choose a model and a loss for these data':
    "{0}：数据的“{1}”应为 {2}，实际为 {3}；请为这些数据选择模型和损失",
  "openModel: expected the name of a model or an .onnx file, got {0}; write it first":
    "openModel：应为模型的名称或 .onnx 文件，实际为 {0}；请先写它",
  "openModel: expected a data set after the name, got {0}; pass data.train":
    "openModel：名称之后应为数据集，实际为 {0}；请传入 data.train",
  "`output`: expected an .onnx file as the model, got {0}; leave it out":
    "`output`：模型应为 .onnx 文件，实际为 {0}；请去掉它",
  "{0}: expected a model that reads {1} for the data {2}, got one that reads {3}; {4}":
    "{0}：对数据 {2}，模型应读取 {1}，实际读取 {3}；请{4*}",
  "{0}: expected an ONNX model of at most 2 GiB, as the format allows, got {1} MiB; export it with its tensors in a file beside it, e.g. torch.onnx.export(…, external_data=True)":
    "{0}：按该格式，ONNX 模型应至多 2 GiB，实际为 {1} MiB；请把张量导出到旁边的文件中，例如 torch.onnx.export(…, external_data=True)",
  '{0}: expected running statistics that are moving averages, got "{1}" that keeps its old value; leave them as they are':
    "{0}：滑动统计量应为滑动平均，实际“{1}”保持旧值；请原样保留",
  "swap: expected at least 2 copies to average, got {0}; raise copies":
    "swap：应至少有 2 个副本可平均，实际为 {0}；请增大 copies",
  "train: expected an engine first, got {0}; pass await openEngine()":
    "train：应先给出引擎，实际为 {0}；请传入 await openEngine()",
  "train: expected {0} as {1}, got {2}; {3}": "train：{1} 应为{0*}，实际为 {2}；{3*}",
  "train: expected window or batchSize and accumulationSteps, got both; keep one of them":
    "train：应为 window，或 batchSize 与 accumulationSteps，实际两者都有；请保留其中之一",
  "train: expected a learningRate for the optimizer {0}, got none; pass one":
    "train：优化器 {0} 应有 learningRate，实际没有；请传入一个",
  "update: expected a finite gradient norm, got {0}; lower `learningRate`":
    "update：梯度范数应为有限的数，实际为 {0}；请减小 `learningRate`",
};
