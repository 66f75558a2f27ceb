import type { TrainingFinding } from "../../store/trainingFindings.ts";
import type { TrainingFindingsText } from "../en/trainingFindings.ts";
import { evidenceOf, firstNames } from "../findingParts.ts";
import { significant } from "../format.ts";

const value = (finding: TrainingFinding, name: string) => significant(evidenceOf(finding, name)?.value ?? Number.NaN);
const limit = (finding: TrainingFinding, name: string) =>
  significant(evidenceOf(finding, name)?.threshold ?? Number.NaN);
const names = (finding: TrainingFinding) => firstNames(finding.parameters ?? [], (more) => ` 等另外 ${more} 个`);
const ofNames = (finding: TrainingFinding) => (finding.parameters?.length ? `（${names(finding)}）` : "");

/** 训练中发现的问题。 */
export const trainingFindingsChinese: TrainingFindingsText = {
  strength: { note: "提示", warning: "警告", fault: "故障" },
  heading: "训练中的发现：",
  line: (step, strength, sentence) => `第 ${step} 次更新，${strength}：${sentence}`,
  titles: {
    "not-finite": "出现非有限值",
    "exploding-gradients": "梯度爆炸",
    "vanishing-gradients": "梯度消失",
    "dead-units": "神经元死亡",
    "saturated-outputs": "输出饱和",
    "learning-rate-too-high": "学习率过大",
    "learning-rate-too-low": "学习率过小",
    oscillation: "振荡",
    plateau: "损失停滞",
    saddle: "鞍点",
    "noise-dominated": "梯度噪声占主导",
    "model-too-small": "模型太小",
    overfitting: "过拟合",
    mismatch: "训练与测试数据分布不一致",
    "label-noise": "标签噪声",
    "class-imbalance": "类别不平衡",
    "unshuffled-data": "数据未打乱",
    "wrong-loss": "损失函数不合适",
    "batch-normalisation": "批归一化",
    "weight-decay-on-norms": "对归一化参数与偏置的权重衰减",
    "frozen-parameters": "参数没有更新",
    "moved-without-gradient": "没有梯度的参数发生变化",
    "accumulation-divided-twice": "梯度的除数有误",
    "gradients-carried-over": "梯度没有清零",
    "update-inside-window": "累积窗口内发生更新",
    "loss-scale": "损失缩放",
    "update-mismatch": "更新与优化器不符",
    "initial-loss": "初始损失",
    "zero-input-gradient": "某个输入没有梯度",
    "optimizer-state": "优化器状态",
    "schedule-step": "学习率调度",
    "epoch-order": "一轮中的样本顺序",
    "resume-mismatch": "恢复的内容与检查点不符",
  },
  sentences: {
    "not-finite": (f) => `损失、梯度或参数出现非有限值，学习率为 ${value(f, "learningRate")}；请减小学习率或裁剪梯度`,
    "exploding-gradients": (f) =>
      `梯度范数为 ${value(f, "gradientNorm")}，超过 ${limit(f, "gradientNorm")}，即最初几次更新的 100 倍；请裁剪梯度或减小学习率`,
    "vanishing-gradients": (f) =>
      `梯度${ofNames(f)}只有最大一层的 ${value(f, "shareOfLargest")} 倍；可尝试归一化、残差连接或换激活函数`,
    "dead-units": (f) =>
      `占比 ${value(f, "silentShare")} 的神经元${ofNames(f)}在 ${value(f, "windows")} 个窗口中都没有梯度；请减小学习率或更换初始化`,
    "saturated-outputs": (f) =>
      `每个错误预测的损失为 ${value(f, "lossOfWrong")}，远高于一无所知的预测的 ${value(f, "constantLossOfWrong")}；请减小学习率或使用标签平滑`,
    "learning-rate-too-high": (f) =>
      evidenceOf(f, "rateTimesSharpness")
        ? `学习率与临界锐度之积为 ${value(f, "rateTimesSharpness")}，超过 2，更新会使损失上升；请减小学习率`
        : `损失为 ${value(f, "loss")}，高于开始时的 ${value(f, "initialLoss")}；请减小学习率`,
    "learning-rate-too-low": (f) =>
      `一次更新只移动权重大小的 ${value(f, "updateShare")}，损失只下降了 ${value(f, "lossFell")}；请增大学习率`,
    oscillation: (f) => `更新落到谷的另一侧，高度不低于出发点（α = ${value(f, "alpha")}）；请减小学习率`,
    plateau: (f) =>
      `最近 ${value(f, "epochs")} 轮损失只变化了 ${value(f, "change")}；可调整学习率、使用调度或换更大的模型`,
    saddle: (f) => `某个方向的曲率为负（${value(f, "eigenvalue")}）：这是鞍点；请继续训练`,
    "noise-dominated": (f) =>
      `噪声尺度至少为 ${value(f, "noiseScale")} 个样本，而批大小为 ${value(f, "batchSize")}；请增加累积步数`,
    "model-too-small": () => "模型学不会训练数据；请换更大的模型",
    overfitting: () => "训练领先于验证；可增加数据、数据增强或权重衰减",
    mismatch: () => "训练数据与测试数据来自两种分布；请检查它们的来源",
    "label-noise": () => "部分标签与其他标签矛盾；见 `batchscope inspect-data`",
    "class-imbalance": (f) =>
      `最常见的类别占训练数据的 ${value(f, "largestShare")}，最少的占 ${value(f, "smallestShare")}；请对类别加权`,
    "unshuffled-data": (f) =>
      `相邻样本同类的比例为 ${value(f, "sameNeighbours")}，而打乱后应为 ${value(f, "expectedSame")}；请打乱数据`,
    "wrong-loss": () => "损失函数与任务不符",
    "batch-normalisation": (f) =>
      evidenceOf(f, "runningInEvaluation") ? "评估改变了滑动统计量" : `一次训练步没有改变滑动统计量${ofNames(f)}`,
    "weight-decay-on-norms": (f) =>
      `权重衰减在整个训练中把 ${value(f, "parameters")} 个偏置和归一化系数缩到 ${value(f, "left")} 倍；请只对权重衰减`,
    "frozen-parameters": (f) => `${names(f)} 有梯度，更新后却没有变化`,
    "moved-without-gradient": (f) => `${names(f)} 在更新之外或没有梯度时发生了变化`,
    "accumulation-divided-twice": (f) =>
      evidenceOf(f, "recordedLoss")
        ? `记录的损失为 ${value(f, "recordedLoss")}，而窗口的均值为 ${limit(f, "recordedLoss")}`
        : `窗口的梯度和除以了 ${value(f, "dividedBy")}，而其权重为 ${limit(f, "dividedBy")}`,
    "gradients-carried-over": (f) => `窗口开始时还留有上一个窗口的梯度${ofNames(f)}`,
    "update-inside-window": (f) => `窗口尚未完成，参数就已变化${ofNames(f)}`,
    "loss-scale": (f) => `float16 的损失缩放没有恰好除去一次${ofNames(f)}`,
    "update-mismatch": (f) => `更新是优化器应有更新的 ${value(f, "strideRatio")} 倍，或是另一种更新${ofNames(f)}`,
    "initial-loss": (f) =>
      `初始损失为 ${value(f, "initialLoss")}，而一无所知的预测为 ${value(f, "constantLoss")}；请检查输入与权重的尺度`,
    "zero-input-gradient": (f) => `损失不依赖于输入“${f.evidence[0]?.name}”：没有梯度${ofNames(f)}`,
    "optimizer-state": (f) =>
      evidenceOf(f, "optimizerSteps")
        ? `优化器走了第 ${value(f, "optimizerSteps")} 步，而应走第 ${limit(f, "optimizerSteps")} 步`
        : `优化器的数组丢失或出现非有限值${ofNames(f)}`,
    "schedule-step": (f) =>
      `学习率是第 ${value(f, "scheduleUpdates")} 次更新后的值，而实际只做了 ${limit(f, "scheduleUpdates")} 次`,
    "epoch-order": (f) =>
      evidenceOf(f, "examplesAgain")
        ? `同一轮中有 ${evidenceOf(f, "examplesAgain")!.value} 个样本重复出现`
        : "这一轮没有把每个样本恰好取一次",
    "resume-mismatch": (f) => `继续训练时的 ${names(f)} 与检查点不同`,
  },
};
