/** Errors of constants that follow the batch. */
export const scalingErrors: Readonly<Record<string, string>> = {
  "`lrScale`: expected an optimizer with `beta2` for half-life, got {0}; choose adamw, or another rule":
    "`lrScale`：half-life 需要有 `beta2` 的优化器，实际为 {0}；请选用 adamw，或换用其他规则",
  "`beta2HalfLife`: expected an optimizer with `beta2`, got {0}; choose adamw, or leave it out":
    "`beta2HalfLife`：应为有 `beta2` 的优化器，实际为 {0}；请选用 adamw，或去掉它",
  "`beta2HalfLife`: expected a rule that leaves `beta2` as it is, got {0}; leave one of the two out":
    "`beta2HalfLife`：应与不改变 `beta2` 的规则一起使用，实际为 {0}；请去掉两者之一",
  "`lrScale`: expected an optimizer with decoupled weight decay for power-lines (adamw, lion), got {0}; choose one, or another rule":
    "`lrScale`：power-lines 需要权重衰减解耦的优化器（adamw、lion），实际为 {0}；请选用其一，或换用其他规则",
  "`weightDecayRule`: expected an optimizer whose weight decay has a time scale (sgd, adamw, lion), got {0}; choose one, or leave it out":
    "`weightDecayRule`：应为权重衰减有时间尺度的优化器（sgd、adamw、lion），实际为 {0}；请选用其一，或去掉它",
  "`weightDecay`: expected more than 0 for a rule that scales it, got 0; give one, or leave the rule out":
    "`weightDecay`：缩放它的规则要求它大于 0，实际为 0；请给出一个值，或去掉该规则",
  "`lrScale`: expected an optimizer whose equation sde knows ({0}), got {1}; choose one, or another rule":
    "`lrScale`：应为 sde 知道其方程的优化器（{0}），实际为 {1}；请选用其一，或换用其他规则",
  "`lrScale`: expected no {0} beside sde, whose equation is without, got one; leave it out, or choose another rule":
    "`lrScale`：sde 的方程中没有 {0}，实际却给出了它；请去掉它，或换用其他规则",
  "`lrScale`: expected at most {0} times the base batch for sde with {1} {2}, got {3} times; choose another rule":
    "`lrScale`：{1} 为 {2} 时，sde 至多允许基准批次的 {0} 倍，实际为 {3} 倍；请换用其他规则",
  "{0}: expected a finite number above 0 by the rule {1}, got {2}; choose batches nearer to each other, or another rule":
    "{0}：按规则 {1} 应得到大于 0 的有限数，实际为 {2}；请选用更接近的批次，或换用其他规则",
  "`beta2HalfLife`: expected a number above 0 of examples, or of tokens as in 1e7tokens, got {0}; change it":
    "`beta2HalfLife`：应为大于 0 的样本数，或 1e7tokens 形式的词元数，实际为 {0}；请更改",
  "`scaleExponent`: expected a number or a JSON file with an exponent, got {0}, which is neither; change it":
    "`scaleExponent`：应为一个数或含有指数的 JSON 文件，实际为 {0}，两者都不是；请更改",
  "`baseNoiseScale`: expected a number of examples above 0, or a run, got {0}; change it":
    "`baseNoiseScale`：应为大于 0 的样本数，或一个运行，实际为 {0}；请更改",
  "`baseNoiseScale`: expected a run that ended and measured the noise scale, got {0}; name another, or give examples":
    "`baseNoiseScale`：应为已经结束并测量了噪声尺度的运行，实际为 {0}；请换一个运行，或给出样本数",
  "`warmupExamples`: expected one way to say how long the warm-up is, got `warmupSteps` too; leave one of them out":
    "`warmupExamples`：应只用一种方式指定预热的长度，实际还有 `warmupSteps`；请去掉其中之一",
  "`scaleExponent`: expected `lrScale` measured beside it, got {0}; leave it out":
    "`scaleExponent`：应与 `lrScale` measured 一起给出，实际为 {0}；请去掉它",
  "`lrScale`: expected `scaleExponent` beside measured, got none; give the exponent of the learning rate in the batch":
    "`lrScale`：measured 应与 `scaleExponent` 一起给出，实际没有；请给出学习率对批次大小的指数",
  "`scaleExponent`: expected a finite number, got {0}; change it": "`scaleExponent`：应为有限的数，实际为 {0}；请更改",
  "`weightDecayRule`: expected `baseBatchSize` beside it, got none; give the batch size that the weight decay was meant for":
    "`weightDecayRule`：应与 `baseBatchSize` 一起给出，实际没有；请给出该权重衰减所针对的批次大小",
  "`beta2HalfLife`: expected data of tokens for a number of tokens, got {0}; give examples":
    "`beta2HalfLife`：词元数要求数据由词元组成，实际为 {0}；请给出样本数",
  "{0}: expected a rule of the learning rate alone beside `accumulationSchedule`, got {1}; use `lrScale` sqrt, linear or measured":
    "{0}：与 `accumulationSchedule` 一起时应为只涉及学习率的规则，实际为 {1}；请使用 `lrScale` sqrt、linear 或 measured",
  "learningRateFactor: expected a finite exponent for power, got {0}; use `scaleExponent` with a number":
    "learningRateFactor：power 的指数应为有限的数，实际为 {0}；请在 `scaleExponent` 中给出一个数",
};

/** Words that its errors put in. */
export const scalingPhrases: Readonly<Record<string, string>> = {
  "a number, or a JSON file with an exponent": "一个数，或含有指数的 JSON 文件",
  "a number above 0 of examples, or of tokens as in 1e7tokens": "大于 0 的样本数，或 1e7tokens 形式的词元数",
  "a number of examples, or a run": "样本数，或一个运行",
};
