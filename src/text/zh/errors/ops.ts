/** What errors of operators and gradients say in Chinese, by what they say in English: see `ErrorLines`. */
export const opsErrors: Readonly<Record<string, string>> = {
  'backward: expected an operator with a gradient rule, got {0} at node "{1}"; replace it in the exported model':
    "backward：应为有梯度规则的算子，实际节点“{1}”为 {0}；请在导出的模型中替换它",
  'backward: expected a differentiable path, got {0} at node "{1}" ({2}); detach or replace it':
    "backward：应为可微的路径，实际节点“{1}”为 {0}（{2*}）；请断开或替换它",
  "rows: expected axis 0 of {0} to fall into {1} equal groups; choose a multiple of {2} examples":
    "rows：{0} 的轴 0 应能分为相等的 {1} 组；请选择 {2} 的倍数个样本",
  "hessianVectorProduct: expected {0}, got {1}; pass one vector of each parameter's shape":
    "hessianVectorProduct：应为{0*}，实际为{1*}；请按每个参数的形状各传入一个向量",
  'rows: expected a loss that depends on the examples, got "{0}" that does not; name the inputs that hold examples':
    "rows：应为取决于样本的损失，实际“{0}”不取决于它们；请写出存放样本的输入",
  'rows: expected a parameter that all examples share, got "{0}" with one row per example; run group by group':
    "rows：应为所有样本共用的参数，实际“{0}”每个样本一行；请逐组运行",
  'rows: expected {0}, got {1} at node "{2}"; run group by group': "rows：应为{0*}，实际节点“{2}”为 {1}；请逐组运行",
  'separateGroups: expected outputs that K mini-batches have each, got a reader of "{0}"; leave it out':
    "separateGroups：应为 K 个小批次各有的输出，实际有读取“{0}”的；请去掉它",
  "{0}: expected whole numbers to be divided by others than 0, got B {1} with a 0; change it":
    "{0}：整数应除以 0 以外的数，实际 B {1} 中有 0；请更改",
  "Cast: expected one of {0}, got ONNX data type {1}; export in float32":
    "Cast：应为 {0} 之一，实际为 ONNX 数据类型 {1}；请以 float32 导出",
  "{0}: expected integers, got {1}; insert a Cast": "{0}：应为整数，实际为 {1}；请插入 Cast",
  "BitShift: expected uint8, got {0}; insert a Cast": "BitShift：应为 uint8，实际为 {0}；请插入 Cast",
  'BitShift: expected direction LEFT or RIGHT, got "{0}"; export the model again':
    "BitShift：方向应为 LEFT 或 RIGHT，实际为“{0}”；请重新导出模型",
  "Split: expected {0} sizes that add up to axis {1} of {2}, got [{3}]; check split and num_outputs":
    "Split：应有 {0} 个大小，其和为 {2} 的轴 {1}，实际为 [{3}]；请检查 split 和 num_outputs",
  "Tile: expected one count for each axis of {0}, got [{1}]; check repeats":
    "Tile：{0} 的每个轴应有一个次数，实际为 [{1}]；请检查 repeats",
  "{0}: expected [N, C, H, W] that blocks of {1} divide, got {2}; check blocksize":
    "{0}：应为能被 {1} 大小的块整除的 [N, C, H, W]，实际为 {2}；请检查 blocksize",
  "DepthToSpace: expected mode DCR or CRD, got {0}; export the model again":
    "DepthToSpace：mode 应为 DCR 或 CRD，实际为 {0}；请重新导出模型",
  "ConvTranspose: expected output_padding 0 with auto_pad {0}, got [{1}]; use explicit pads":
    "ConvTranspose：auto_pad 为 {0} 时 output_padding 应为 0，实际为 [{1}]；请写明 pads",
  "ConvTranspose: expected output_shape less than a stride beyond [{0}], got [{1}]; pad the result":
    "ConvTranspose：output_shape 超出 [{0}] 的部分应小于步幅，实际为 [{1}]；请对结果补齐",
  "ConvTranspose: expected {0} for {1} axes, got [{2}]; export the model again":
    "ConvTranspose：{1} 个轴应有相应的 {0}，实际为 [{2}]；请重新导出模型",
  "ConvTranspose: expected X [N, C, ...] and W [C, O/group, ...] with C divisible by {0} groups, got X {1} and W {2}; check the channels":
    "ConvTranspose：应为 X [N, C, ...] 和 W [C, O/group, ...]，且 C 能被 {0} 组整除，实际 X 为 {1}，W 为 {2}；请检查通道数",
  "{0}: expected a kernel of {1} axes, got kernel [{2}]; check kernel_shape":
    "{0}：卷积核应有 {1} 个轴，实际为 [{2}]；请检查 kernel_shape",
  "{0}: expected kernel_shape [{1}] as the weight has it, got [{2}]; leave it out":
    "{0}：kernel_shape 应与权重一样为 [{1}]，实际为 [{2}]；请去掉它",
  '{0}: expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got "{1}"; export the model again':
    "{0}：auto_pad 应为 NOTSET、VALID、SAME_UPPER 或 SAME_LOWER，实际为“{1}”；请重新导出模型",
  "{0}: expected {1} of at least {2}, got {3}; export the model again":
    "{0}：{1*}应至少为 {2}，实际为 {3}；请重新导出模型",
  "{0}: expected {1} pads for {2} axes, got {3}; export the model again":
    "{0}：{2} 个轴应有 {1} 个 pads，实际为 {3}；请重新导出模型",
  "{0}: expected an input at least as large as the kernel, got axis of {1} for kernel {2}; pad it":
    "{0}：输入应不小于卷积核，实际轴长为 {1}，卷积核为 {2}；请补齐",
  "{0}: expected the last window of ceil_mode to start in the data, got one behind an axis of {1}; use ceil_mode 0":
    "{0}：ceil_mode 的最后一个窗口应从数据内开始，实际从长 {1} 的轴之后开始；请用 ceil_mode 0",
  "Conv: expected X [N, C, ...] and W [O, C/{0}, ...] with O divisible by {1} groups, got X {2} and W {3}; check the channels":
    "Conv：应为 X [N, C, ...] 和 W [O, C/{0}, ...]，且 O 能被 {1} 组整除，实际 X 为 {2}，W 为 {3}；请检查通道数",
  "Conv: expected a bias of shape [{0}], got {1}; check the layer":
    "Conv：偏置的形状应为 [{0}]，实际为 {1}；请检查该层",
  "Range: expected bounds known when the graph is built, got a computed one; export with fixed shapes":
    "Range：界限应在建图时已知，实际是算出来的；请以固定形状导出",
  "EyeLike: expected a matrix and one of {0}, got {1} and ONNX data type {2}; set dtype":
    "EyeLike：应为矩阵，且类型为 {0} 之一，实际为 {1}，ONNX 数据类型为 {2*}；请设置 dtype",
  'Einsum: expected an equation that fits its operands, got "{0}" for {1} ({2}); check the subscripts':
    "Einsum：式子应与操作数相符，实际“{0}”用于 {1}（{2*}）；请检查下标",
  "Einsum: expected at most 52 different axes, got {0}; split the product":
    "Einsum：不同的轴应至多 52 个，实际为 {0}；请拆分该乘积",
  "{0}: expected indices inside the data and whole {1} numbers, got {2}; export the model again":
    "{0}：下标应在数据之内，且各数应为 {1} 整数，实际为 {2*}；请重新导出模型",
  'Gelu: expected approximate "none" or "tanh", got "{0}"; export it again':
    'Gelu：approximate 应为 "none" 或 "tanh"，实际为“{0}”；请重新导出',
  "GatherElements: expected data and indices of one rank, got {0} and {1}; unsqueeze the indices":
    "GatherElements：数据与下标的轴数应相同，实际为 {0} 和 {1}；请给下标增加轴",
  "GatherND: expected indices whose first {0} axes are data's and whose last names axes of data, got {1} and {2}; check batch_dims":
    "GatherND：下标的前 {0} 个轴应与数据相同，最后一个轴应指出数据的轴，实际为 {1} 和 {2}；请检查 batch_dims",
  "LayerNormalization: expected Scale and B of shape [{0}] for X {1} and axis {2}, got {3}; check the normalised axes":
    "LayerNormalization：X {1}、轴 {2} 时 Scale 和 B 的形状应为 [{0}]，实际为 {3*}；请检查归一化的轴",
  "MatMul: expected A [..., M, K] and B [..., K, N] with equal K, got A {0} and B {1}; transpose or reshape one":
    "MatMul：应为 A [..., M, K] 和 B [..., K, N]，且 K 相等，实际 A 为 {0}，B 为 {1}；请转置或变形其中一个",
  "Gemm: expected matrices A′ [M, K] and B′ [K, N] with equal K, got A {0} (transA={1}) and B {2} (transB={3}); check the layer's sizes":
    "Gemm：应为矩阵 A′ [M, K] 和 B′ [K, N]，且 K 相等，实际 A 为 {0}（transA={1}），B 为 {2}（transB={3}）；请检查该层的大小",
  "Gemm: expected C that broadcasts to [{0}, {1}], got {2}; check the bias":
    "Gemm：C 应能广播为 [{0}, {1}]，实际为 {2}；请检查偏置",
  "Where: expected a bool condition, got {0}; compare or cast first":
    "Where：条件应为 bool，实际为 {0}；请先比较或转换类型",
  "Trilu: expected a matrix or a stack of them, got {0}; unsqueeze it":
    "Trilu：应为一个或一叠矩阵，实际为 {0}；请增加轴",
  "OneHot: expected a depth from 0 and two values, got {0} and {1}; export the model again":
    "OneHot：深度应从 0 起，且应有两个值，实际为 {0} 和 {1}；请重新导出模型",
  "Compress: expected a condition of at most {0} elements for {1}, got {2}; check axis":
    "Compress：{1} 的条件应至多有 {0} 个元素，实际为 {2}；请检查 axis",
  "{0}: expected a condition known when the graph is built, got a computed one, on which the result's size depends; use Where":
    "{0}：条件应在建图时已知，实际是算出来的，而结果的大小取决于它；请用 Where",
  "BatchNormalization: expected X [N, C, ...] and four vectors [C], got X {0} and {1}; check the channels":
    "BatchNormalization：应为 X [N, C, ...] 和四个向量 [C]，实际 X 为 {0}，向量为 {1}；请检查通道数",
  '{0}: expected attribute "{1}" of kind {2}, got {3}; export it again':
    "{0}：属性“{1}”的类型应为 {2}，实际为 {3}；请重新导出",
  "{0}: expected at most {1} outputs, got {2}; export the model again":
    "{0}：应至多有 {1} 个输出，实际为 {2}；请重新导出模型",
  "{0}: expected operands of one element type, got {1}; insert a Cast":
    "{0}：各操作数的元素类型应相同，实际为 {1*}；请插入 Cast",
  "{0}: expected a floating-point input, got {1}; insert a Cast": "{0}：输入应为浮点数，实际为 {1}；请插入 Cast",
  "TopK: expected K from 0 to axis {0} of {1} and both outputs, got K {2} and {3} outputs; check K":
    "TopK：K 应为 0 到 {1} 的轴 {0}，且两个输出都要有，实际 K 为 {2}，输出为 {3} 个；请检查 K",
  "Pad: expected mode constant, or reflect, edge or wrap with pads from 0 to what {0} has elements for, got mode {1}, pads [{2}]; pad less or slice":
    "Pad：mode 应为 constant；若为 reflect、edge 或 wrap，pads 应从 0 到 {0} 的元素所能及，实际 mode 为 {1}，pads 为 [{2}]；请少补一些或截取",
  "Pad: expected {0} pads for {1} axes of {2}, got {3}; check pads":
    "Pad：{2} 的 {1} 个轴应有 {0} 个 pads，实际为 {3}；请检查 pads",
  "{0}: expected X [N, C, ...] and kernel_shape, got {1}; export the pool with its kernel":
    "{0}：应有 X [N, C, ...] 和 kernel_shape，实际为 {1}；请连同其核导出该池化层",
  "{0}: expected windows of at most {1} elements, got [{2}]; export the model again":
    "{0}：窗口应至多有 {1} 个元素，实际为 [{2}]；请重新导出模型",
  "Resize: expected nearest-neighbour enlargement of the spatial axes by constant whole factors, got scales [{0}], mode {1}; export with scale_factor":
    "Resize：应为空间轴按固定整数倍的最近邻放大，实际倍数为 [{0}]，mode 为 {1}；请用 scale_factor 导出",
  "PRelu: expected a slope that broadcasts to X, got X {0} and slope {1}; reshape the slope":
    "PRelu：斜率应能广播到 X，实际 X 为 {0}，斜率为 {1}；请变形斜率",
  "reduction: expected axes known when the graph is built, got a computed tensor; use constant axes":
    "reduction：各轴应在建图时已知，实际为算出来的张量；请用固定的轴",
  "Mod: expected fmod = 1 for real numbers, got fmod = 0 and A {0}; export it again":
    "Mod：实数应用 fmod = 1，实际 fmod = 0，A 为 {0}；请重新导出",
  "{0}: expected reduction {1}, got {2}; export the model again": "{0}：reduction 应为 {1}，实际为 {2}；请重新导出模型",
  "ScatterElements: expected indices and updates of one shape and data's rank, got {0}, {1} and {2}; reshape one":
    "ScatterElements：indices 与 updates 的形状应相同，轴数应与 data 相同，实际为 {0}、{1} 和 {2}；请变形其中一个",
  "ScatterND: expected indices [..., 1 to {0}] and updates [{1}] for {2}, got {3} and {4}; check the indices":
    "ScatterND：{2} 应有 indices [..., 1 到 {0}] 和 updates [{1}]，实际为 {3} 和 {4}；请检查下标",
  '{0}: expected "{1}" to be known when the graph is built, got a computed tensor; export with fixed shapes':
    "{0}：“{1}”应在建图时已知，实际为算出来的张量；请以固定形状导出",
  '{0}: expected whole numbers as "{1}", got {2}; export it again': "{0}：“{1}”应为整数，实际为 {2}；请重新导出",
  "Reshape: expected {0} elements as in {1}, got shape [{2}]; check the sizes":
    "Reshape：应与 {1} 一样有 {0} 个元素，实际形状为 [{2}]；请检查大小",
  "Transpose: expected a permutation of {0} axes, got [{1}] for {2}; check perm":
    "Transpose：应为 {0} 个轴的排列，实际 {2} 为 [{1}]；请检查 perm",
  "Concat: expected equal shapes except on axis {0}, got {1}; check the branches":
    "Concat：除轴 {0} 外形状应相同，实际为 {1*}；请检查各分支",
  "Slice: expected steps other than 0, got 0 on axis {0} of {1}; use 1":
    "Slice：步长应不为 0，实际 {1} 的轴 {0} 上为 0；请用 1",
  "Squeeze: expected axes of size 1, got axes [{0}] of {1}; check the axes":
    "Squeeze：各轴的大小应为 1，实际为 {1} 的轴 [{0}]；请检查轴",
  "broadcast: expected axes that are equal or 1, got {0}; reshape one of them":
    "broadcast：各轴应相等或为 1，实际为 {0*}；请变形其中一个",
  "axis: expected an integer in [{0}, {1}), got {2}; count axes from 0":
    "axis：应为 [{0}, {1}) 中的整数，实际为 {2}；轴从 0 数起",
  "{0}: expected {1} as {2}, got {3}; {4}": "{0}：{2} 应为{1*}，实际为 {3*}；{4*}",
  "{0}: expected options as an object, got undefined; write { … }": "{0}：选项应为对象，实际未给出；请写成 { … }",
  "{0}: expected options as an object, got {1}; write { … }": "{0}：选项应为对象，实际为 {1}；请写成 { … }",
  '{0}: expected a known option, got "{1}"{2}': "{0}：应为已知的选项，实际为“{1}”{2*}",
  "tensor: expected {0} elements for {1}, got {2}; pass data of that length":
    "tensor：{1} 应有 {0} 个元素，实际为 {2}；请传入这么长的数据",
  // Without the remedy, beside what was not measured.
  'rows: expected a loss that depends on the examples, got "{0}" that does not': "损失“{0}”不取决于样本",
  'rows: expected a parameter that all examples share, got "{0}" with one row per example':
    "参数“{0}”每个样本一行，不是所有样本共用",
  'rows: expected {0}, got {1} at node "{2}"': "节点“{2}”的 {1} 不是{0*}",
  "rows: expected axis 0 of {0} to fall into {1} equal groups": "{0} 的轴 0 不能分为相等的 {1} 组",
};
