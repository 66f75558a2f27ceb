import type { ChartText } from "../en/charts.ts";
import { pictureNote } from "../pictureNote.ts";
import { groupingInChinese } from "./grouping.ts";
import { notesChinese } from "./notes.ts";
import { at } from "./place.ts";

/** The words of the figures in Chinese (simplified characters). */
export const chartsChinese: ChartText = {
  epoch: "轮次",
  step: "优化器步数",
  atPlace: (place, value) => `${at(place)}：${value}`,
  atStep: (step, value) => `第 ${step} 步：${value}`,
  examples: "个样本",
  similarities: {
    title: (rows, place) => `${rows} 个批次梯度的余弦相似度，${at(place)}`,
    clusteredTitle: (rows, place) => `同样 ${rows} 个梯度，相近者相邻，${at(place)}`,
    batch: "批次序号",
    mean: "平均",
    expected: "期望",
    atLeast: (value) => `至少 ${value}`,
    caption: ({ mean, B, expected, scale, negative }) =>
      `不同批次的平均余弦为 ${mean}；B = ${B} 个样本的独立批次，期望值为 1/(1 + 噪声尺度/B) ${expected}（噪声尺度 ${scale} 个样本）。` +
      `${negative} 的批次对为负，B 远小于噪声尺度时这是正常的。灰色：按定义为 1 的对角线，以及没有梯度的批次。`,
    clusteredCaption:
      "行与列按平均连接聚类的次序排列，使相近的批次相邻。它让分块可见，但不证明任何分块：在纯噪声中，相邻者看起来也更相似。",
  },
  directions: {
    title: (rows, place) => `${rows} 个批次梯度的方向，${at(place)}`,
    empty: "没有图：分析中没有 t-SNE 点",
    scaling: "余弦距离的经典标度法。",
    tsne: ({ perplexity, seed, iterations }) =>
      `余弦距离的 t-SNE，困惑度 ${perplexity}，种子 ${seed}，迭代 ${iterations} 次。`,
    kept: (kept, neighbors) => `每个批次的 ${neighbors} 个最近邻中，有 ${kept} 在图中仍是近邻。`,
    missing: (missing, shown) => `${shown} 个批次中有 ${missing} 个不在图中。`,
    note: (picture) => pictureNote(picture, notesChinese),
    meaning: "编号：最外侧的批次与方向最相反的一对。坐标轴没有单位；聚类的大小、间隙和整体形状都没有意义。",
    axis: (number) => `t-SNE ${number}`,
    batch: (row, norm) => `批次 ${row}，范数 ${norm}`,
    norm: (largest) => `梯度\n范数\n${largest}`,
    opposed: "方向最相反的一对",
    opposedPair: (first, second, cosine) => `批次 ${first} 与 ${second}，余弦 ${cosine}`,
  },
  compared: {
    norm: (largest) => `梯度范数 ${largest}`,
    title: (rows, place) => `同样 ${rows} 个方向，用其他方法，${at(place)}`,
    perplexity: (perplexity) => `t-SNE，困惑度 ${perplexity}`,
    explained: (share) => `PCA，占方差 ${share}`,
    kept: (kept) => `保留近邻 ${kept}`,
    trust: (trust) => `可信度 ${trust}`,
    caption: (neighbors) =>
      `只在一幅图中出现的东西是那幅图的假象。保留近邻：每个批次的 ${neighbors} 个最近邻（按余弦）中在图里仍为最近邻的比例。` +
      "可信度（Venna 与 Kaski 2001）：没有陌生者变成近邻时为 1，随机时为 0.5。颜色：梯度范数。虚线：方向最相反的一对。" +
      "坐标轴没有单位，任何聚类都不说明健康或有病。",
  },
  trend: {
    title: (model, name) => `训练过程中的梯度噪声：${name} 上的 ${model}`,
    empty: "没有图：分析中没有检查点",
    oneBatch: (B) => `B = ${B}`,
    ownBatch: "各检查点自己的 B",
    caption: (at) =>
      "噪声尺度：噪声与信号对梯度贡献相等时的批次大小，与 B 无关。色带是 95 % 区间；箭头表示该检查点只给出下限。" +
      `噪声比：${at} 时的 E‖g_B − g_D‖²/‖g_D‖²；不注明批次大小就没有意义。训练中上升在意料之中。`,
    test: ({ direction, tau, p, count, paired }) =>
      `对 ${count} 个检查点的 1/噪声尺度作${paired ? "配对检验" : " Mann–Kendall 检验"}：` +
      `${{ rises: "上升", falls: "下降", unclear: "没有显出趋势，但这不证明没有趋势" }[direction]}` +
      `（${tau === null ? "" : `τ = ${tau}，`}p = ${p}）。` +
      (paired
        ? "所有检查点都在同一组小批次上测量，误差彼此相关；检验每次在全部检查点上同时去掉一个小批次（对斜率作刀切法），" +
          "因此已考虑这一点。结论只针对这些检查点，不针对另一次运行。"
        : "所有检查点都在同一组小批次上测量，误差彼此相关，这种检验容易把它当成趋势：p 可能小得多。重新分析即可得到考虑这一点的检验。"),
    scale: "噪声尺度（样本数）",
    ratio: (at) => `${at} 时的噪声比（无单位）`,
    fresh: "新数据",
    dataset: "本数据集",
    corrected: "已校正偏差",
    plugIn: "代入估计（plug-in），偏低",
  },
  phase: {
    title: (model, name) => `训练过程中的信号与噪声：${name} 上的 ${model}`,
    empty: "没有图：没有检查点的 |G|² 和 tr Σ 都大于零",
    signal: "|G|²，真实梯度长度的平方",
    noise: "tr Σ，单个样本梯度的方差",
    checkpoints: "检查点",
    training: "训练中，平滑后",
    lines: "等噪声尺度线（样本数）",
    point: (place, scale) => `${at(place)}：噪声尺度 ${scale}`,
    caption:
      "两者都是无偏估计。沿着点线 tr Σ/|G|² 不变：越往左上噪声尺度越大。路径向左表示梯度变小，向上表示样本更不一致；" +
      "因 |G|² 下降而上升的噪声尺度说明训练在收敛，而不是数据变差。",
    trainingNote: "细线在训练过程本身中测得，模型若有 dropout 或批统计量，均为开启。",
    missing: (missing) => `有 ${missing} 个检查点的 |G|² 不大于零，不在图中。`,
  },
  layers: {
    title: (place) => `各层的噪声尺度，${at(place)}`,
    scale: "噪声尺度（样本数）",
    layer: "层",
    whole: (value) => `全部层 ${value}`,
    batch: (value) => `B = ${value}`,
    point: ({ name, value, share, parameters }) => `${name}：${value} 个样本；占噪声 ${share}；${parameters} 个参数`,
    caption:
      "点与 95 % 区间，自上而下为输入到输出；开口的一端表示没有上界。一层的噪声尺度是只更新该层、其余各层不动时的值，因此各层的值不能相加得到整体；" +
      "不同层的区间来自相同的批次，并不独立。",
  },
  groups: {
    title: (by, place) => `按${groupingInChinese(by)}分的各组是否一致？${at(place)}`,
    axis: (by) => groupingInChinese(by).trim(),
    conflict: "相反",
    pair: (first, second, cosine) => `${first} 与 ${second}：${cosine}`,
    caption: ({ rows, batchSize, within, between, conflicts, pairs, limit }) =>
      `在每组内部抽取的小批次（${rows} 个，每个 ${batchSize} 个样本）梯度的平均余弦；组内 ${within}，组间 ${between}。橙色为正，蓝色为负，±${limit} 处颜色最深。` +
      `${pairs} 对中有 ${conflicts} 对加框：其平均梯度的内积小于零，超出随机（Student t 检验，Benjamini–Hochberg ≤ 0.05），且余弦不大于 −0.1。` +
      "没有加框的小余弦或负余弦不是冲突。",
    classes: (usual) => `各类别必然方向相反：尚未学习时，余弦平均为 ${usual}。`,
  },
  training: {
    title: (parts) => `训练过程中的${parts.join("、")}`,
    loss: "损失",
    accuracy: "准确率",
    accuracyAxis: "准确率（%）",
    rateAxis: "学习率",
    rate: "学习率",
    noiseAxis: "训练中的噪声尺度（样本数）",
    noise: "噪声尺度",
    measured: "噪声尺度（平滑）",
    batchAxis: "有效批次大小（样本数）",
    batch: "有效批次大小",
    smoothed: "平滑",
    each: "所记录的步",
    validationLoss: "验证损失",
    trainingSet: "训练",
    validation: "验证",
    empty: "没有图：这次运行没有记录有限的损失",
    recorded: (steps) => `所记录的 ${steps} 个优化器步的损失，各为其小批次的值`,
    thin: (steps) => `细线：所记录的 ${steps} 个优化器步的损失`,
    thinned: (most) => `，抽稀为 ${most} 个点，保留极小值与极大值`,
    stop: "。",
    average: (decay) => `。平滑：每个记录步衰减 ${decay} 的指数平均，已校正起点。`,
    missing: (missing) => `${missing} 步的损失不是有限值，未画出。`,
    gradientNormAxis: "小批次的梯度范数",
    gradientNormsAxis: "梯度范数",
    gradientNorm: "梯度范数",
    fullGradient: "检查点处大量样本的",
    sharpnessAxis: "锐度（1/学习率）",
    sharpness: "锐度",
    criticalSharpness: "沿更新方向的临界锐度 λ_c",
    largestEigenvalue: "最大特征值 λ_max",
    edge: "2/学习率",
    sharpnessNote:
      "低于 2/学习率 时，这次更新使所测样本的损失下降；在线上（稳定性边缘）时损失不变：训练在山谷两壁之间来回弹跳，梯度仍然很大。" +
      "损失停滞而梯度很小、λ_c 远低于该线时，则位于临界点附近或平台上。沿更新方向损失完全不下降的步没有 λ_c。",
    largestNote: "对不带动量的梯度下降，λ_max 到达该线也是稳定性边缘。",
    noiseNote:
      "噪声尺度是 tr Σ 与 |G|² 的滑动平均之比，附 95 % 区间；它有滞后，|G|² 下降时偏小，而区间显示不出这一点。色带到顶处没有上界。",
  },
  confusion: {
    title: (epoch) => `验证数据的混淆矩阵，第 ${epoch} 轮`,
    label: "标签",
    prediction: "预测",
    cell: ({ label, prediction, count, share }) => `标签 ${label}，预测 ${prediction}：${count}（占该标签 ${share}）`,
    caption: ({ labels, accuracy, common }) =>
      `行是标签，列是预测，共 ${labels} 个样本；准确率 ${accuracy}。颜色：占该标签样本的比例，因此无论类别多稀少，对角线都是它的召回率。` +
      `总是回答最常见的类别可达 ${common}。`,
  },
  ranking: {
    title: (epoch) => `验证数据上的精确率与召回率，第 ${epoch} 轮`,
    recall: "召回率",
    precision: "精确率",
    curve: "模型",
    chance: (share) => `随机 ${share}`,
    point: (recall, precision) => `召回率 ${recall}，精确率 ${precision}`,
    caption: ({ positive, negative, average, share }) =>
      `类别“${positive}”对类别“${negative}”，每个阈值一个点。平均精确率 ${average}；虚线是“${positive}”的比例 ${share}，毫无意义的分数也能达到。曲线上的点并不是模型所用的阈值。`,
  },
};
