import type { AttachText, NoiseUnit } from "../en/attach.ts";
import { intervalText, significant, whole } from "../format.ts";
import { ratioText } from "../scaleParts.ts";

const units: Readonly<Record<NoiseUnit, string>> = { examples: "个样本", tokens: "个 token" };

/** `attach` 的中文。 */
export const attachChinese: AttachText = {
  list: (facts) => facts.join("，"),
  waiting: (folder) => `${folder}：还没有更新步`,
  answer: {
    noise: (batch, unit, ratio) =>
      `噪声占主导：批量 ${whole(batch)} ${units[unit]}远低于噪声尺度（B/B_noise ${ratioText(ratio)}），增大批量仍有收益。`,
    between: (batch, unit, ratio) =>
      `批量 ${whole(batch)} ${units[unit]}与噪声尺度相当（B/B_noise ${ratioText(ratio)}）：保持不变。`,
    signal: (batch, unit, ratio) =>
      `信号占主导：批量 ${whole(batch)} ${units[unit]}远高于噪声尺度（B/B_noise ${ratioText(ratio)}），增大批量几乎没有收益。`,
  },
  open: (scale, unit) => `噪声尺度至少为 ${significant(scale)} ${units[unit]}；更多更新步才能给出上限。`,
  unseen: "还看不到噪声：每步只有一个微批次，或者步数太少。",
  noiseScale: (scale, unit, measured) => `噪声尺度 ${intervalText(scale)} ${units[unit]}，来自 ${whole(measured)} 步`,
  share: (share) => `只涉及 ${share} 的参数：它们的单样本梯度可见`,
  steps: (steps, last) => `${whole(steps)} 步，最后一步为第 ${whole(last)} 步`,
  loss: (loss) => `损失 ${significant(loss)}`,
  rate: (rate) => `学习率 ${significant(rate)}`,
  validation: (loss) => `验证损失 ${significant(loss)}`,
  processes: (count) => `有 ${whole(count)} 个进程写入此处：重新启动，或两个同时运行`,
  ended: "训练循环已结束",
  missing: "没有写入：",
  gap: (what, line) => `${what}：${line}`,
  gaps: {
    noise: "单个微批次的更新步的噪声",
    loss: "损失",
    learningRate: "学习率",
    optimizer: "优化器，用于给出适合它的建议",
    evaluation: "验证损失，用于区分过拟合与偏差",
    cosines: "微批次之间的余弦，用于发现冲突",
    groups: "各层的范数",
  },
};
