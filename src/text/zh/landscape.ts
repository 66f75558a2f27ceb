import type { LandscapeText } from "../en/landscape.ts";
import { finePercent, percent, significant, whole } from "../format.ts";

const sizes = {
  small: "对临界点而言足够小",
  large: "对临界点而言过大",
  between: "对临界点而言不够小，也不算过大",
};

/** `landscape` 的中文。 */
export const landscapeChinese: LandscapeText = {
  parts: {
    history: "训练前与其他检查点处的梯度",
    critical: "下一次更新的临界学习率",
    verdict: "谱的两端",
    trace: "迹",
    density: "谱密度",
    layer: "各层",
    block: "各块",
    preconditioned: "优化器的几何",
    sharpness: "附近损失能升高多少",
    twin: "缩放孪生的同样各量",
    slice: "切片",
  },
  criticalSharpness: (value, lower, upper, passes) =>
    `临界锐度 ${significant(value)}（在 ${significant(lower)} 与 ${significant(upper)} 之间），用了 ${whole(passes)} 次前向`,
  place: (epoch, step, examples, loss) =>
    `第 ${whole(epoch)} 轮，第 ${whole(step)} 步：在 ${whole(examples)} 个训练样本上损失为 ${significant(loss)}`,
  bare: (parameters, examples, loss) =>
    `${whole(parameters)} 个参数：在 ${whole(examples)} 个训练样本上损失为 ${significant(loss)}`,
  gradientNorm: "梯度范数",
  largest: (n) => (n === 1 ? "最大特征值" : `第 ${n} 大特征值`),
  smallest: (n) => (n === 1 ? "最小特征值" : `第 ${n} 小特征值`),
  signs: "确定为负、为正的特征值",
  signCount: (negative, positive, of, exact) =>
    `${whole(of)} 个中${exact ? "" : "至少"} ${whole(negative)} 个与 ${whole(positive)} 个`,
  trace: "迹",
  negativeShare: "负特征值的比例",
  escape: "沿最负的方向损失下降",
  fell: (from, to, distance) => `由 ${significant(from)} 到 ${significant(to)}，距离 ${significant(distance)}`,
  stays: "不超过舍入误差：损失的折点使曲率到此为止",
  next: "沿下一次更新",
  alpha: "下一次更新的落点 α",
  adam: (optimizer) => `${optimizer} 所见的最大特征值`,
  adamRate: "无动量时的临界学习率",
  columns: {
    layer: "层",
    block: "块",
    size: "参数个数",
    gradient: "梯度范数",
    largest: "最大特征值",
    smallest: "最小特征值",
    trace: "迹",
  },
  overTime: {
    step: "步",
    loss: "损失",
    gradient: "梯度范数",
    largest: "λ_max",
    smallest: "λ_min",
    verdict: "判定",
    asam: "ASAM",
    critical: "λ_c",
    stable: "下一次更新稳定",
    yes: "是",
    no: "否",
    kinds: {
      minimum: "极小点",
      maximum: "极大点",
      saddle: "鞍点",
      degenerate: "退化",
      "not critical": "非临界点",
      undecided: "未定",
    },
  },
  reasons: {
    gradient: ({ size, norm, share }) =>
      `梯度范数为 ${significant(norm)}，是本次训练中同一批样本上最大值的 ${percent(share)}：${sizes[size]}。`,
    gain: ({ size, norm, share }) =>
      `梯度范数为 ${significant(norm)}，沿负梯度走一步约可降低损失的 ${finePercent(share)}：${sizes[size]}。`,
    signs: ({ negative, positive, of, exact }) =>
      `${whole(of)} 个特征值中${exact ? "" : "至少"}有 ${whole(negative)} 个确定为负，${whole(positive)} 个确定为正。`,
    flat: ({ value, tolerance }) =>
      `特征值 ${significant(value)} 在精度 ${significant(tolerance)} 之内为 0，二阶判据无法判断。`,
    open: ({ lower, upper }) =>
      `不能排除 ${significant(lower)} 与 ${significant(upper)} 之间的特征值，界限不足以断定类型。`,
    kinked: ({ eigenvalue }) =>
      `沿特征值 ${significant(eigenvalue)} 的方向，损失向两侧都不下降：损失的折点使曲率提前终止，因此不断言鞍点。`,
  },
  certified: "每个特征值都附有区间，Hessian 在其中确有一个特征值：区间由残差与舍入误差给出。",
  differences: (operator, error) =>
    `算子 ${operator} 没有二阶导数。与 Hessian 的乘积改用梯度的中心差分，误差约为 ${finePercent(error)}。`,
  flatRule: (share, [flat, sharp]) =>
    `ASAM 邻域的代价为训练所得的 ${percent(share)}。这里把不超过 ${percent(flat)} 称为平坦，不低于 ${percent(sharp)} 称为尖锐；没有论文给出这样的界限。`,
  alphaNote:
    "α 为 −1 表示更新没有移动，0 表示落在沿更新方向的抛物线底部，1 表示落在另一侧同样的高度：由此起便在山谷两壁间弹跳。",
  omitted: {
    critical: "临界学习率",
    preconditioned: "优化器的几何",
    verdict: "判定",
    trace: "迹",
    density: "谱密度",
    layer: "各层",
    block: "各块",
    sharpness: "损失升高多少",
    twin: "缩放孪生",
    slice: "切片",
  },
  because: {
    noRun: "没有运行的模型没有下一次更新",
    parameters: "文件中的参数没有优化器，因而没有下一次更新",
    noOptimizerState: "该检查点没有保存优化器状态",
    memory: "内存能容纳的向量太少",
    time: "--seconds 的时间已用完",
  },
  leftOut: (part, why) => `略去：${part}，因为${why}。`,
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
    taylor: {
      escape: "沿曲率最负的方向的损失",
      sharpest: "沿曲率最大的方向的损失",
    },
    taylorTrue: "真实损失",
    taylorModel: "二阶泰勒模型",
    taylorAlong: "沿单位特征向量的距离",
    taylorCaption: (eigenvalue) =>
      `模型由 0 处的梯度与 Hessian 给出，曲率为特征值 ${eigenvalue}。两条曲线分开之处，二阶近似不再说明损失的走向。`,
    density: "Hessian 的谱",
    densityOf: "密度",
    densityBand: "95 % 区间",
    densityAxis: "单位长度内特征值的比例",
    eigenvalue: "特征值",
    eigenvalues: "带区间的特征值",
    densityCaption: (width) => `密度以 ${width} 平滑。纵轴为对数刻度，使少数大特征值在众多接近 0 的特征值旁可见。`,
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
    levels: (low, high) => `从损失 ${low}（最实的线）到 ${high}（最淡的线）。`,
    at: (loss, x, y) => `(${x}, ${y}) 处损失 ${loss}`,
    points: "检查点",
    lineCaption:
      "训练损失若位于宽阔的盆地，测试损失相对它平移时只升高一点；若盆地狭窄，同样的平移代价很大。偏置与归一化参数保持不动。高维空间里的一条线说明不了其他方向。",
    betweenCaption: "两者之间若有山丘，则各在自己的盆地中。盆地的宽度只是这一条线上所见，并且取决于权重的尺度。",
    planeCaption: "每条线是一个损失值。这只是许多方向中的两个：此处的极小点在另一个平面上可能不是。",
    pathCaption:
      "每条线是一个损失值；圆点是检查点，最后一个在 0 处。随机游走也把大部分方差放在两个主成分上，看起来同样平滑：这个平面显示训练到过哪里，不说明原因。",
  },
};
