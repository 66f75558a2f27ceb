/** What errors of curvature say in Chinese, by what they say in English: see `ErrorLines`. */
export const curvatureErrors: Readonly<Record<string, string>> = {
  "curvature: expected one gradient from two passes over the same examples, got two that differ by {0}, because {1}; measure in evaluation mode":
    "curvature：对同样的样本计算两遍应得到同一梯度，实际相差 {0}，因为{1*}；请在评估模式下测量",
  "openObjective: expected names of parameters of {0} as trained, got {1}; choose one of {2}":
    "openObjective：trained 应为 {0} 的参数名，实际为 {1}；请从 {2} 中选择",
  "`examples`: expected at most the {0} examples of {1}, got {2}; lower it":
    "`examples`：不应超过 {1} 的 {0} 个样本，实际为 {2}；请减小它",
  "objective: expected a vector of {0} numbers, got {1}; pass one for each parameter":
    "objective：应为 {0} 个数的向量，实际为 {1} 个；每个参数请各传入一个数",
  "eigenvaluesOf: expected a whole number of at least 1 as count, got {0}; change it":
    "eigenvaluesOf：count 应为至少 1 的整数，实际为 {0}；请修改",
  "eigenvaluesOf: expected at least {0} products for {1} eigenvalues at each end, got {2}; raise it":
    "eigenvaluesOf：每端求 {1} 个特征值至少需要 {0} 次乘积，实际为 {2}；请增大它",
  "traceOf: expected at least 4 products, got {0}; raise it": "traceOf：至少需要 4 次乘积，实际为 {0}；请增大它",
  "largestEigenvalue: expected at least 2 steps, got {0}; raise it":
    "largestEigenvalue：至少需要 2 步，实际为 {0}；请增大它",
  "diagonalOf: expected at least 2 products, got {0}; raise it": "diagonalOf：至少需要 2 次乘积，实际为 {0}；请增大它",
};

/** What is put into these sentences. */
export const curvaturePhrases: Readonly<Record<string, string>> = {
  "{0} draws random numbers": "{0} 抽取随机数",
  "{0} mixes the examples of a mini-batch": "{0} 把小批次中的样本混在一起",
  "examples cannot be told apart ({0})": "无法区分各个样本（{0*}）",
  "the engine rounds differently from run to run": "引擎每次运行的舍入不同",
};
