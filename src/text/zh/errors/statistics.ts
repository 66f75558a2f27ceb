/** What errors of statistics say in Chinese, by what they say in English: see `ErrorLines`. */
export const statisticsErrors: Readonly<Record<string, string>> = {
  "twoSampleAuc: expected rows of {0} numbers, got one of {1}; make them alike":
    "twoSampleAuc：各行应有 {0} 个数，实际有一行为 {1} 个；请使其一致",
  "criticalBatch: expected two or more batch sizes that ascend, got {0}; add some":
    "criticalBatch：应为两个以上递增的批次大小，实际为 {0*}；请增加",
  "criticalBatch: expected the same two or more seeds of each batch size, got {0}; add some":
    "criticalBatch：每个批次大小应有同样的两个以上种子，实际为 {0}；请增加",
  "criticalBatch: expected an overhead above 0, got {0}; write for example 0.2":
    "criticalBatch：多用的比例应大于 0，实际为 {0}；例如写成 0.2",
  "learningRateExponent: expected three or more batch sizes that ascend, got {0}; add some":
    "learningRateExponent：应为三个以上递增的批次大小，实际为 {0*}；请增加",
  "learningRateExponent: expected two or more learning rates that ascend at batch {0}, got {1}; change them":
    "learningRateExponent：批次 {0} 应有两个以上递增的学习率，实际为 {1*}；请更改",
  "learningRateExponent: expected the same two or more seeds of each rate, got {0} at batch {1}; add some":
    "learningRateExponent：每个学习率应有同样的两个以上种子，批次 {1} 实际为 {0}；请增加",
  "classificationScores: expected a square matrix, got {0} columns in row {1} of {2}; count every class":
    "classificationScores：应为方阵，实际 {2} 行中的第 {1} 行有 {0} 列；请计入每个类别",
  "confirmVerdict: expected {0}": "confirmVerdict：应为{0*}",
  "newJudgement: expected at least {0} seeds, got {1}; fewer cannot show anything at 5 %":
    "newJudgement：应至少有 {0} 个种子，实际为 {1}；更少则在 5 % 水平上什么也显示不了",
  "newJudgement: expected an error between 0 and 1, got {0}; 0.05 is usual":
    "newJudgement：错误率应在 0 与 1 之间，实际为 {0}；通常为 0.05",
  "takeLook: expected {0}": "takeLook：应为{0*}",
  "timeToTarget: expected times from 0 on, got {0}; a trial that did not reach the target has the time until which it was watched":
    "timeToTarget：时间应从 0 起，实际为 {0}；未达到目标的试验取观察到的时间",
  "comparePairedTimes: expected as many times of the arm as of the baseline, got {0} and {1}; give both for every seed":
    "comparePairedTimes：该组的时间应与基线一样多，实际为 {0} 和 {1}；请为每个种子给出两者",
  "comparePaired: expected as many values of the arm as of the baseline, got {0} and {1}; give both for every seed":
    "comparePaired：该组的值应与基线一样多，实际为 {0} 和 {1}；请为每个种子给出两者",
  "{0}: expected a positive minimum effect, got {1}; give the smallest difference that matters":
    "{0}：最小效应应为正，实际为 {1}；请给出有意义的最小差异",
  "compareUnpaired: expected values of both arms, got {0} and {1}; run at least one seed of each":
    "compareUnpaired：两组都应有值，实际为 {0} 和 {1}；请各至少运行一个种子",
  "confidentLearning: expected probabilities, got {0} for example {1}; apply a softmax first":
    "confidentLearning：应为概率，实际样本 {1} 为 {0}；请先用 softmax",
  "describeGradients: expected at least 2 rows, got {0}; cut the examples into more batches":
    "describeGradients：应至少有 2 行，实际为 {0}；请把样本分成更多批次",
  "describeGradients: expected positive counts, got [{0}]; leave out rows without examples":
    "describeGradients：计数应为正，实际为 [{0}]；请略去没有样本的行",
  "describeGradients: expected {0} × {1} products, got {2}; pass the whole matrix":
    "describeGradients：应有 {0} × {1} 个内积，实际为 {2}；请传入整个矩阵",
  "describeGradients: expected finite products, got {0} for rows {1} and {2}; lower the learning rate":
    "describeGradients：内积应为有限的数，实际第 {1} 行与第 {2} 行为 {0}；请减小学习率",
  "findDuplicates: expected a threshold above 0 and at most 1, got {0}; try 0.99 for features, 1 for exact":
    "findDuplicates：阈值应大于 0 且至多为 1，实际为 {0}；特征可试 0.99，完全相同用 1",
  "embedRows: expected a perplexity of at least 1, got {0}; try 5 to {1}":
    "embedRows：困惑度应至少为 1，实际为 {0}；可试 5 到 {1}",
  "selfInfluence: expected {0} checkpoints of {1} norms with a learning rate each, got lengths [{2}] and {3} rates; give one of each per checkpoint":
    "selfInfluence：应有 {0} 个检查点，各 {1} 个范数和一个学习率，实际长度为 [{2}]，学习率 {3} 个；请为每个检查点各给出一个",
  "{0}: expected {1} × {2} probabilities, got {3}; give one row per label":
    "{0}：应有 {1} × {2} 个概率，实际为 {3}；请为每个标签给出一行",
  "{0}: expected labels 0 to {1}, got {2} for example {3}; number the classes from 0":
    "{0}：标签应为 0 到 {1}，实际样本 {3} 为 {2}；请从 0 起为类别编号",
  "fitGradientNorms: expected {0}": "fitGradientNorms：应为{0*}",
  "pathPlane: expected at least 2 points, got {0}; keep more checkpoints":
    "pathPlane：应至少有 2 个点，实际为 {0} 个；请保留更多检查点",
  "gramOfRows: expected rows of {0} numbers, got {1} in row {2}; give all parameters":
    "gramOfRows：各行应有 {0} 个数，实际第 {2} 行有 {1} 个；请给出所有参数",
  "gramOfRows: expected {0} positive counts, got [{1}]; count examples":
    "gramOfRows：应有 {0} 个正的计数，实际为 [{1}]；请计样本数",
  "groupConflicts: expected a group for each of {0} rows, got {1}; give one name per row":
    "groupConflicts：{0} 行应各有一组，实际为 {1}；请为每行给出一个名称",
  "groupConflicts: expected at least 2 groups, got {0}; group the rows by a label":
    "groupConflicts：应至少有 2 组，实际为 {0}；请按标签给各行分组",
  "labelNoise: expected finite logarithms of probabilities, got {0} for example {1}; give ln p, not p, and no zeros":
    "labelNoise：概率的对数应为有限的数，实际样本 {1} 为 {0}；请给出 ln p 而不是 p，且不含零",
  "sumOfGrams: expected at least one layer, got none; give the Gram of each layer":
    "sumOfGrams：应至少有一层，实际没有；请给出各层的 Gram 矩阵",
  "sumOfGrams: expected the counts [{0}] in each layer, got [{1}] in {2}; measure all layers on the same rows":
    "sumOfGrams：各层的计数应为 [{0}]，实际 {2} 中为 [{1}]；请在相同的行上测量所有层",
  "suggestLearningRate: expected at least {0} sweeps, got {1}; one alone does not show its spread":
    "suggestLearningRate：应至少有 {0} 次扫描，实际为 {1}；单独一次看不出离散程度",
  "windowMoments: expected {0} positive counts, got [{1}]; give one per micro-batch":
    "windowMoments：应有 {0} 个正的计数，实际为 [{1}]；请为每个微批次给出一个",
  "newNoiseOverTime: expected 0 ≤ decay < 1, got {0}; try 0.999, a memory of 1000 steps":
    "newNoiseOverTime：应为 0 ≤ decay < 1，实际为 {0}；可试 0.999，即记住 1000 步",
  "newNoiseOverTime: expected share > 0, got {0}; try 0.3": "newNoiseOverTime：应为 share > 0，实际为 {0}；可试 0.3",
  "datasetNoiseScale: expected a dataset size ≥ the rows' {0} examples, got {1}; draw each example once":
    "datasetNoiseScale：数据集大小应 ≥ 各行的 {0} 个样本，实际为 {1}；每个样本请只抽一次",
  "noiseScaleFromTwoSizes: expected 0 < small < big, got {0} and {1}; measure at two different batch sizes":
    "noiseScaleFromTwoSizes：应为 0 < small < big，实际为 {0} 和 {1}；请在两种批次大小下测量",
  "opposedRows: expected 39 draws or more, got {0}; leave it out":
    "opposedRows：应至少抽取 39 次，实际为 {0}；请去掉它",
  "gradientOutliers: expected a group for each of {0} rows, got {1}; give one name per row":
    "gradientOutliers：{0} 行应各有一组，实际为 {1}；请为每行给出一个名称",
  "featureOutliers: expected 1 to {0} neighbours, got {1}; give fewer than there are examples":
    "featureOutliers：应有 1 到 {0} 个近邻，实际为 {1}；请少于样本数",
  "precisionRecall: expected one label for each of {0} scores, got {1}; give both for every example":
    "precisionRecall：{0} 个得分应各有一个标签，实际为 {1}；请为每个样本给出两者",
  "rankingScores: expected one label for each of {0} scores, got {1}; give both for every example":
    "rankingScores：{0} 个得分应各有一个标签，实际为 {1}；请为每个样本给出两者",
  "regressionScores: expected one prediction for each of {0} targets, got {1} for {2} outputs; give all of them":
    "regressionScores：{0} 个目标值应各有一个预测，实际 {2} 个输出有 {1} 个；请全部给出",
  "examplesToResolve: expected a tolerance between 0 and 1, got {0}; give e.g. 0.2 for ± 20 %":
    "examplesToResolve：容差应在 0 与 1 之间，实际为 {0}；例如 ± 20 % 用 0.2",
  "sumCoordinates: expected {0} variances, got {1}; give both of all coordinates":
    "sumCoordinates：应有 {0} 个方差，实际为 {1}；请给出所有坐标的两者",
  "secondsOfStep: expected a batch from {0} in micro-batches from {1}, got {2} in {3}; measure there":
    "secondsOfStep：批次应为 {0}，微批次应为 {1}，实际为 {2} 和 {3}；请在那里测量",
  "fitStepCost: expected {0}": "fitStepCost：应为{0*}",
  "fitPeakMemory: expected positive bytes of at least 2 micro-batch sizes, got {0}; measure more":
    "fitPeakMemory：应有至少 2 种微批次大小的正字节数，实际为 {0}；请多测量一些",
  "bestSetting: expected finite values of the same seeds for every setting, got {0}; leave out settings whose trials failed":
    "bestSetting：每种设置应有相同种子的有限值，实际为 {0}；请略去试验失败的设置",
  "tuningCurve: expected at least one trial, got none; run the sweep":
    "tuningCurve：应至少有一次试验，实际没有；请运行超参数搜索",
  "signNoiseScale: expected {0} rows of equal length, got {1} numbers; give every row of a part":
    "signNoiseScale：应有 {0} 行等长的数，实际共 {1} 个数；请给出一部分的全部行",
  "mannKendall: expected finite values, got {0} at {1}; leave out or replace what is unknown":
    "mannKendall：值应为有限的数，实际位置 {1} 处为 {0}；请略去或替换未知的值",
};
