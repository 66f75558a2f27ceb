/** What errors of ONNX models and graphs say in Chinese, by what they say in English: see `ErrorLines`. */
export const onnxErrors: Readonly<Record<string, string>> = {
  "onnx: expected a model with a graph and an operator set, got {0}; export the model again":
    "onnx：模型应有计算图和算子集，实际{0*}；请重新导出模型",
  "onnx: expected names without control characters, got {0}; export it again":
    "onnx：名称应不含控制字符，实际为 {0}；请重新导出",
  "onnx: expected an ONNX model, got {0} damaged bytes ({1}); export it again":
    "onnx：应为 ONNX 模型，实际为 {0} 个损坏的字节（{1*}）；请重新导出",
  'onnx: expected distinct initializers, got "{0}" twice; export the model again':
    "onnx：初始值的名称应互不相同，实际“{0}”出现两次；请重新导出模型",
  "onnx: expected sizes of at least 0, got {0} {1}; the file is damaged":
    "onnx：各轴大小应至少为 0，实际 {0*} 为 {1}；该文件已损坏",
  "onnx: expected {0} elements in {1} {2}, got {3}; the file is damaged":
    "onnx：{1*} 为 {2}，应有 {0} 个元素，实际为 {3*}；该文件已损坏",
  'onnx: expected {0} of {1} in bytes, got "{2}"; export the model again':
    "onnx：{1*} 的 {0} 应以字节计，实际为“{2}”；请重新导出模型",
  'onnx: expected {0} bytes for {1}, got length "{2}"; export the model again':
    "onnx：{1*} 应有 {0} 字节，实际长度写为“{2}”；请重新导出模型",
  'graph "{0}": expected a new input name, got "{1}" again; rename one of them':
    "图“{0}”：应为新的输入名称，实际“{1}”已经有了；请改其中一个",
  'graph "{0}": expected a new output name, got "{1}" again for {2}; rename it':
    "图“{0}”：应为新的输出名称，实际“{1}”已经有了，用于 {2}；请改名",
  'graph "{0}": expected one of its outputs {1}, got "{2}"; name one of them':
    "图“{0}”：应为其输出 {1} 之一，实际为“{2}”；请写出其中一个",
  'onnx: expected initializer "{0}" of {1} as its input says, got {2}; export the model again':
    "onnx：初始值“{0}”应如其输入所说为 {1}，实际为 {2}；请重新导出模型",
  '{0}: expected nodes of distinct names, got "{1}" again; export the model again':
    "{0*}：各节点的名称应互不相同，实际“{1}”已经有了；请重新导出模型",
  "{0}: expected operator set {1} or later, got {2}; export with that one":
    "{0*}：算子集应为 {1} 或更高，实际为 {2}；请用该版本导出",
  '{0}: expected attribute "{1}" with one value of its kind, got {2}; export the model again':
    "{0*}：属性“{1}”应有一个与其类型相符的值，实际为{2*}；请重新导出模型",
  "{0}: expected {1} outputs{2}, got {3}; export the model again":
    "{0*}：{2*}应有 {1*} 个输出，实际为 {3}；请重新导出模型",
  '{0}: expected each attribute once, got "{1}" again; remove it':
    "{0*}：每个属性应只出现一次，实际“{1}”又出现了；请去掉它",
  '{0}: expected {1}, got "{2}"{3}': "{0*}：应为{1*}，实际为“{2}”{3*}",
  '{0}: expected attribute "{1}" of kind {2}, got {3}; export the model again':
    "{0*}：属性“{1}”的类型应为 {2}，实际为 {3}；请重新导出模型",
  "{0}: expected one attribute, the value, got {1}; export the model again":
    "{0*}：应只有一个属性，即其值，实际为 {1} 个；请重新导出模型",
  '{0}: expected the attribute "{1}", got none of that name; export the model again':
    "{0*}：应有属性“{1}”，实际没有；请重新导出模型",
  "{0}: expected {1} {2}s ({3}), got {4}; export the model again":
    "{0*}：应有 {1*} 个{2*}（{3}），实际为 {4}；请重新导出模型",
  "{0}: expected {1} {2}, got one without a name; export the model again":
    "{0*}：{1*}应{2*}，实际有一个没有名称；请重新导出模型",
  '{0}: expected output {1} "{2}" declared as {3}, got {4}; export the model again':
    "{0*}：输出 {1}“{2}”应声明为 {3}，实际为 {4}；请重新导出模型",
  "{0}: expected inputs {1} and {2} of one type, got {3} and {4}; insert a Cast":
    "{0*}：输入 {1} 与 {2} 的类型应相同，实际为 {3} 和 {4}；请插入 Cast",
  "{0}: expected {1} of {2}, got {3}; insert a Cast": "{0*}：{1*}应为 {2}，实际为 {3}；请插入 Cast",
  '`output`: expected an output of {0}, got "{1}"{2}': "`output`：应为 {0} 的一个输出，实际为“{1}”{2*}",
  'onnx: expected no input or weight called "{0}", which is the target, got one; export with input_names=["x"]':
    'onnx：应没有叫“{0}”的输入或权重，因为它是目标，实际有一个；请用 input_names=["x"] 导出',
  'onnx: expected the first axis of "{0}" to be the batch, got a scalar; export with a batch axis':
    "onnx：“{0}”的第一个轴应为批次，实际为标量；请带上批次轴导出",
  'onnx: expected only the batch axis of "{0}" to be symbolic, got axis {1} named "{2}"; export with fixed sizes there':
    "onnx：“{0}”应只有批次轴为符号，实际轴 {1} 叫“{2}”；请在那里以固定大小导出",
  'onnx: expected sizes of at least 1 and 2^31 elements at most in "{0}", got [{1}]; export the model again':
    "onnx：“{0}”的各轴应至少为 1，且至多 2^31 个元素，实际为 [{1}]；请重新导出模型",
  '{0} (the file fixes the batch at {1}: use that, or export with dynamic_axes={"{2}": {0: "N"}})':
    '{0*}（该文件把批次固定为 {1}：请用它，或以 dynamic_axes={"{2}": {0: "N"}} 导出）',
  "onnx: expected operator set {0} to {1}, got {2}; export with opset_version=17":
    "onnx：算子集应为 {0} 到 {1}，实际为 {2}；请用 opset_version=17 导出",
  "onnx: expected dense tensors and supported operators, got {0}; replace them in the model":
    "onnx：应为稠密张量和支持的算子，实际有 {0*}；请在模型中替换它们",
  "onnx: expected an output, the logits, got none; export the model again":
    "onnx：应有一个输出，即 logits，实际没有；请重新导出模型",
  "onnx: expected a name for each input, output and initializer, got one without; name it":
    "onnx：每个输入、输出和初始值都应有名称，实际有一个没有；请命名",
  'onnx: expected distinct names, got "{0}" again at {1}; export the model again':
    "onnx：名称应互不相同，实际“{0}”在{1*}又出现了；请重新导出模型",
  'onnx: expected every value to be computed before it is read, got "{0}"{1} at {2}; export the model again':
    "onnx：每个值都应先算出再读取，实际{2*}的“{0}”并非如此{1*}；请重新导出模型",
  'onnx: expected {0} with {1} outputs, got {2} at node "{3}"; drop the others':
    "onnx：{0} 应有 {1} 个输出，实际节点“{3}”有 {2} 个；请去掉其余的",
  'onnx: at node "{0}": {1}': "onnx：节点“{0}”：{1*}",
  'onnx: expected {0} with inputs and attributes of its specification at node "{1}", got: {2}; export the model again':
    "onnx：节点“{1}”的 {0} 应有其规范中的输入和属性，实际为：{2*}；请重新导出模型",
  "onnx: expected whole sizes, got {0}; export the model again": "onnx：各轴大小应为整数，实际为{0*}；请重新导出模型",
  "onnx: expected values of at most {0} elements, got {1}; use a smaller micro-batch":
    "onnx：值应至多有 {0} 个元素，实际为{1*}；请减小微批次",
  'onnx: expected the condition of If to follow from sizes, got a computed one at node "{0}"; export without branches on data':
    "onnx：If 的条件应由各轴大小得出，实际节点“{0}”的条件是算出来的；导出时请不要按数据分支",
  'onnx: expected "{0}" at node "{1}", got none; export the model again':
    "onnx：节点“{1}”应有“{0}”，实际没有；请重新导出模型",
  'onnx: expected {0} with the inputs {1}, got {2} at node "{3}"; export the model again':
    "onnx：{0} 应有输入 {1}，实际节点“{3}”为 {2*}；请重新导出模型",
  "{0}: expected at most {1} inputs, got {2}; drop the others": "{0}：应至多有 {1} 个输入，实际为 {2}；请去掉其余的",
  "gpt2: expected lm_head.weight to be the token embedding wte.weight, got other numbers; tie them before saving":
    "gpt2：lm_head.weight 应等于词元嵌入 wte.weight，实际为别的数；请在保存前共享两者",
  "{0}: expected a tensor for each of {1} parameters, got {2}; choose the model's own size":
    "{0}：{1} 个参数应各有一个张量，实际为 {2}；请选择与该模型相符的大小",
  'onnx: expected {0} with {1}, got {2} at node "{3}"; replace it in the model':
    "onnx：{0} 应有{1*}，实际节点“{3}”为{2*}；请在模型中替换它",
};
