import type { LandscapeText } from "../en/landscape.ts";
import { significant, whole } from "../format.ts";

/** `landscape` 的中文。 */
export const landscapeChinese: LandscapeText = {
  parts: {
    sharpness: "检查点附近损失能升高多少",
    twin: "同一函数重新缩放后的孪生网络",
    slice: "切片",
    critical: "沿下一次更新的临界锐度",
  },
  stable: (value, rate) =>
    `下一次更新会降低损失：学习率 ${significant(rate)} 低于临界学习率 ${significant(2 / value)}。`,
  unstable: (value, rate) =>
    `下一次更新会升高损失：学习率 ${significant(rate)} 高于临界学习率 ${significant(2 / value)}。`,
  ascent: "对这些样本，下一次更新指向上坡：所试的每个学习率下损失都升高。",
  flat: "沿下一次更新，在所试范围内损失一直下降：没有遇到临界学习率。",
  still: "下一次更新不改变损失。",
  criticalSharpness: (value, lower, upper, passes) =>
    `临界锐度 ${significant(value)}（在 ${significant(lower)} 与 ${significant(upper)} 之间），用了 ${whole(passes)} 次前向`,
  place: (epoch, step, examples, loss) =>
    `第 ${whole(epoch)} 轮，第 ${whole(step)} 步：在 ${whole(examples)} 个训练样本上损失为 ${significant(loss)}`,
  measure: "损失升高多少",
  here: "此处",
  twin: "缩放孪生",
  scale: "随尺度变化",
  yes: "是",
  no: "否",
  measures: {
    sam: "SAM，‖ε‖ ≤ 0.05 之内，多步",
    samOneStep: "SAM，一步",
    keskar: "Keskar 锐度，百分数，盒 0.001",
    asam: "ASAM，‖ε/|θ|‖ ≤ 0.5 之内",
  },
  twinNote: (pairs, factor) =>
    `孪生网络是同一个函数：在 ${whole(pairs)} 对层中，前一层乘以 ${whole(factor)}，后一层除以它。两列不同的量，反映的只是网络的写法。`,
  noTwin: "这个模型没有可以相互缩放的两层，因此没有孪生网络可比。",
  lowerBound: "每个数都是所找到的最高损失，是真正最大值的下界。",
  figure: "图",
  chart: {
    line: "沿一个随机方向的损失，各滤波器与参数等长",
    between: "两个解之间连线上的损失",
    plane: "两个随机方向所张平面上的损失，各滤波器与参数等长",
    path: "训练路径在其前两个主成分平面上",
    training: "训练",
    validation: "验证",
    loss: "损失",
    along: "沿该方向的距离，以参数长度为单位",
    mixture: "0：这次运行；1：另一次",
    axis: (number, share) => (share === null ? `方向 ${number}` : `主成分 ${number}，占路径方差 ${share}`),
    level: (loss) => `损失 ${loss}`,
    levels: (low, high) => `从损失 ${low}（深色）到 ${high}（浅色）。`,
    points: "检查点",
    lineCaption:
      "训练损失若位于宽阔的盆地，测试损失相对它平移时只升高一点；若盆地狭窄，同样的平移代价很大。偏置与归一化参数保持不动。高维空间里的一条线说明不了其他方向。",
    betweenCaption: "两者之间若有山丘，则各在自己的盆地中。盆地的宽度只是这一条线上所见，并且取决于权重的尺度。",
    planeCaption: "每条线是一个损失值。这只是许多方向中的两个：此处的极小点在另一个平面上可能不是。",
    pathCaption:
      "每条线是一个损失值；圆点是检查点，最后一个在 0 处。随机游走也把大部分方差放在两个主成分上，看起来同样平滑：这个平面显示训练到过哪里，不说明原因。",
  },
};
