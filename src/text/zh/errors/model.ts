/** What errors of models, losses and engines say in Chinese, by what they say in English: see `ErrorLines`. */
export const modelErrors: Readonly<Record<string, string>> = {
  "dualgafnet: expected a summation and a difference field of every series, hence an even number of channels, got [{0}]; use lenet or resnet":
    "dualgafnet：每条序列应有一个和场与一个差场，因此通道数应为偶数，实际为 [{0}]；请用 lenet 或 resnet",
  "gpt2: expected texts of 1 to {0} tokens, got examples [{1}]; cut the texts to that length":
    "gpt2：文本应为 1 到 {0} 个词元，实际样本为 [{1}]；请把文本截到这个长度",
  "{0}: expected more than one value per channel to normalise, got {1}; use a larger micro-batch":
    "{0}：要归一化，每个通道应不止一个值，实际为 {1}；请增大微批次",
  'createLoss: expected one of {0}, got {1}; did you mean "{2}"?':
    "createLoss：应为 {0} 之一，实际为 {1}；您是否要写“{2}”？",
  "createLoss: expected one of {0}, got {1}; choose one": "createLoss：应为 {0} 之一，实际为 {1}；请选择一个",
  "{0}: expected the loss {1}, got {2}; leave it out": "{0}：应与损失 {1*} 一起使用，实际为 {2*}；请去掉它",
  "{0}: expected {1}, got {2}; change it": "{0}：应为{1*}，实际为 {2}；请更改",
  "balanced: expected examples of each of {0} classes, got none of {1}; use more examples or give the weights":
    "balanced：{0} 个类别都应有样本，实际没有 {1} 的；请用更多样本，或直接给出权重",
  "{0}: expected 1 or {1} weights, one for each output, got {2}; give one number per output":
    "{0}：应有 1 个或 {1} 个权重，每个输出一个，实际为 {2}；请为每个输出给出一个数",
  "{0}: expected logits [..., C] with one label each, got {1} and {2}; check the model's output":
    "{0}：应为 logits [..., C]，各有一个标签，实际为 {1} 和 {2}；请检查模型的输出",
  "{0}: expected {1} class weights, one for each class, got {2}; give one number per class":
    "{0}：应有 {1} 个类别权重，每个类别一个，实际为 {2}；请为每个类别给出一个数",
  "{0}: expected images, series or tables of numbers, got {1}, texts of {2} tokens; use gpt2:nano":
    "{0}：应为图像、序列或数值表格，实际 {1} 是 {2} 个词元一段的文本；请用 gpt2:nano",
  "lstm: expected series [channels, length] or images [channels, height, width], got [{0}]; use mlp":
    "lstm：应为序列 [通道, 长度] 或图像 [通道, 高, 宽]，实际为 [{0}]；请用 mlp",
  'model: expected mlp:{0} of at most {1} units and {2} layers, got "mlp:{3}"; ask for fewer':
    "model：应为 mlp:{0}，至多 {1} 个单元、{2} 层，实际为“mlp:{3}”；请减少",
  "{0}: expected images [channels, height, width] of at least {1} × {2}, got [{3}]; {4}":
    "{0}：图像应为 [通道, 高, 宽]，至少 {1} × {2}，实际为 [{3}]；{4*}",
  "tcn: expected series [channels, length] or images [channels, height, width], got [{0}]; use mlp":
    "tcn：应为序列 [通道, 长度] 或图像 [通道, 高, 宽]，实际为 [{0}]；请用 mlp",
  "vit: expected images whose sides {0} divides, got [{1}]; crop or pad them":
    "vit：图像的边长应能被 {0} 整除，实际为 [{1}]；请裁剪或补齐",
  'model: expected one of {0} or a file *.onnx, got "{1}"{2}': "model：应为 {0} 之一，或文件 *.onnx，实际为“{1}”{2*}",
  'model: expected {0} or a file *.onnx, got "{1}"{2}': "model：应为 {0}，或文件 *.onnx，实际为“{1}”{2*}",
  "averageWeights: expected {0} weights, got {1}; average one model's only":
    "averageWeights：应有 {0} 个权重，实际为 {1}；请只平均同一模型的权重",
  'parameter rate: expected a pattern that fits a parameter, got "{0}"; the parameters are {1}':
    "parameter rate：应为与某个参数相符的模式，实际为“{0}”；各参数为 {1}",
  "{0}: expected {1} to be {2}, got {3}; change it or leave it out": "{0}：{1} 应为{2*}，实际为 {3*}；请更改或去掉",
  '{0}: expected it to run graph "{1}", got "{2}"; use `device` cpu':
    "{0}：应能运行图“{1}”，实际为“{2*}”；请用 `device` cpu",
  'binding engine: expected "{0}" in memory of one thread, got a SharedArrayBuffer; use the native engine':
    "binding 引擎：“{0}”应在单个线程的内存中，实际为 SharedArrayBuffer；请用 native 引擎",
  'bind: expected the inputs and outputs of graph "{0}" ({1}), got "{2}"; remove it':
    "bind：应为图“{0}”的输入和输出（{1}），实际为“{2}”；请去掉它",
  'bind: expected "{0}" {1} for graph "{2}", got {3}; pass that tensor':
    "bind：图“{2}”的“{0}”应为 {1}，实际为{3*}；请传入这样的张量",
  'native engine: expected ONNX Runtime at {0}, got "{1}"; reinstall onnxruntime-node':
    "native 引擎：应在 {0} 有 ONNX Runtime，实际为“{1}”；请重新安装 onnxruntime-node",
  "native engine: expected ONNX Runtime {0}, got {1}; install onnxruntime-node@{2}":
    "native 引擎：应为 ONNX Runtime {0}，实际为 {1}；请安装 onnxruntime-node@{2}",
  'onnxruntime: expected memory for all values{0}, got "{1}"; use a smaller micro-batch':
    "onnxruntime：所有的值{0*}都应放得进内存，实际为“{1}”；请减小微批次",
  'onnxruntime: expected a graph that it can run, got "{0}"; replace the operator in the model':
    "onnxruntime：应为它能运行的图，实际为“{0}”；请在模型中替换该算子",
  'onnxruntime: expected {0}, got "{1}"; check the data': "onnxruntime：应为{0*}，实际为“{1}”；请检查数据",
  'onnxruntime: expected {0} at node "{1}" ({2}), got "{3}"; check the data':
    "onnxruntime：节点“{1}”（{2}）应为{0*}，实际为“{3}”；请检查数据",
  "`device`: expected {0} on this machine, got none ({1}); use `device` cpu, or get one: {2}":
    "`device`：此机器上应有 {0}，实际没有（{1}）；请用 `device` cpu，或者这样得到一个：{2*}",
  '{0} engine: expected {1} to load, got "{2}"; reinstall batchscope on a supported platform':
    "{0} 引擎：应能载入 {1}，实际为“{2}”；请在支持的平台上重新安装 batchscope",
};
