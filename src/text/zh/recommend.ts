import type { Interval } from "../../statistics/types.ts";
import type { RecommendReason } from "../../store/recommendReasons.ts";
import { waitingText } from "../duration.ts";
import type { RecommendText } from "../en/recommend.ts";
import { percent, significant, whole } from "../format.ts";
import { between, memory, plain } from "../verdictParts.ts";
import type { Words } from "../words.ts";

const times = (ratio: number) => `${significant(ratio)} 倍`;
const timesBetween = ({ value, ...ends }: Interval) => `${significant(value)} ${between(ends, significant)} 倍`;

const reasons: Words<RecommendReason> = {
  target: ({ loss, updates, of }) =>
    `试训的目标是验证损失 ${significant(loss)}。现有设置在全部 ${whole(of)} 次更新的前 ${whole(updates)} 次内达到它。`,
  pilots: ({ pilots, settings, spread }) =>
    `共试训 ${whole(pilots)} 次，含 ${whole(settings)} 种设置。不同种子使达到目标的更新次数相差约 ${percent(spread)}。`,
  unfinished: ({ seconds }) => `搜索在 ${waitingText(seconds)}后结束，尚未全部试过。同一条命令会继续。`,
  alike: () => "节省量的区间包含 0：更多种子或可区分二者。",
  takes: ({ seconds, examples, updates }) =>
    `达到同样的损失，所用时间是现有设置的 ${times(seconds)}，样本是 ${times(examples)}，更新次数是 ${times(updates)}。`,
  edge: ({ end, batchSize }) =>
    `${whole(batchSize)} 是试过的${end === "largest" ? "最大" : "最小"}批次：更${end === "largest" ? "大" : "小"}的可能更好。`,
  cut: ({ steps, ratio }) => `同一批次分成 ${whole(steps)} 个微批次，更新次数不变，每次更新用时为 ${times(ratio)}。`,
  memory: ({ largestMicroBatch, binds }) =>
    binds
      ? `内存一次最多容纳 ${whole(largestMicroBatch)} 个样本。更大的批次只能累积。`
      : `不超过 ${whole(largestMicroBatch)} 个样本的微批次都放得进内存。`,
  sync: ({ devices, share }) =>
    `${whole(devices)} 个设备在每次更新中有 ${percent(share)} 的时间用于同步。批次越大，同步越少。`,
  halfLife: ({ batchSize, beta2, ratio, advised }) => {
    const setting = `不累积、批次 ${whole(batchSize)}、按样本保持半衰期的 β₂ ${plain(beta2)}`;
    if (advised) return `建议即为${setting}。`;
    return ratio === null ? `没有试别的 β₂：${setting}就是现有的。` : `${setting}所需为建议的 ${timesBetween(ratio)}。`;
  },
  costs: ({ error }) => `更新成本模型的平均误差为 ${percent(error)}。`,
  mixing: ({ layer, more, batchSize }) =>
    `模型会混合微批次内的样本（${layer}${more > 0 ? ` 等 ${whole(more + 1)} 层` : ""}）。测得的结果只适用于 ${whole(batchSize)} 个样本的微批次；同一批次换一种分法，学习过程会不同。`,
  constantRate: ({ schedule }) => `试训全程用同一学习率。现有设置的调度 ${schedule} 可能使最佳学习率改变。`,
  noiseScale: ({ value, lower, upper }) =>
    `这次运行的噪声尺度${value === null ? "未能确定" : `为 ${whole(value)}`}：在 ${whole(lower)} 与${upper === null ? "未知上限" : ` ${whole(upper)} `}之间。这里设达到某一损失的更新次数按 1 + 噪声尺度/批次 变化；类 Adam 优化器未必如此。`,
  noNoiseScale: () => "这次运行没有测噪声尺度。`batchscope analyze` 可以测。",
  timesUnknown: ({ batchSize, secondsPerUpdate }) =>
    `${whole(batchSize)} 个样本的一次更新用 ${significant(1000 * secondsPerUpdate)} ms。其他批次的用时未知：介于不变与成比例之间。`,
  runMemory: ({ batchSize, peakBytes }) => `其 ${whole(batchSize)} 个样本的微批次最多占用 ${memory(peakBytes)}。`,
  withoutPilots: () => "没有做任何试训。`--pilots` 会试训，并说明能省多少。",
};

/** The words of `recommendEnglish` in Chinese. */
export const recommendChinese: RecommendText = {
  title: (model, data) => `用多大的批次：${data} 上的 ${model}`,
  measuring: "正在测量更新的成本，以及哪些微批次放得进内存",
  towards: (loss, updates, of) =>
    `试训的目标是验证损失 ${significant(loss)}，现有设置在 ${whole(of)} 次更新的前 ${whole(updates)} 次内达到它`,
  plan: (pilots, updates, sizes) =>
    `将做约 ${whole(pilots)} 次试训，每次最多 ${whole(updates)} 次更新，批次取自 ${sizes}`,
  estimate: (time) => `约需 ${time}，由试跑估计`,
  mixes: (layer, more) =>
    `模型会混合微批次内的样本（${layer}${more > 0 ? ` 等 ${whole(more + 1)} 层` : ""}）：测得的结果只适用于试训所用的微批次`,
  reasons,
  columns: {
    setting: "设置",
    batchSize: "批次",
    window: "微批次",
    learningRate: "学习率",
    beta2: "β₂",
    seeds: "种子",
    seconds: "达到目标的时间",
    examples: "样本",
    updates: "更新次数",
    ratio: "与建议相比",
    says: "内容",
  },
  notReached: (least) => `${least} 内未达到`,
  times: (ratio) => `× ${ratio}`,
  advice: "建议",
  alternatives: "在时间、样本与更新次数上都不被同时超过的其他选择",
  rules: "各种规则的结果",
  tried: "试过的全部设置",
  present: "现有设置",
  alternative: "其他选择",
  advised: "建议",
  names: {
    unchanged: "不作改变",
    "source-001": "按批次大小累积",
    "source-003": "按内存累积",
    sqrt: "学习率按 √ 缩放",
    linear: "学习率按比例缩放",
  },
  says: {
    unchanged: "批次、累积与学习率都不变",
    "source-001": "批次小于 4 时累积 4 次，小于 8 时 2 次，否则 1 次；学习率不变",
    "source-003": "按内存查表取微批次，每次更新 32 个样本，学习率按比例缩放",
    sqrt: "建议的批次，现有学习率乘以批次之比的平方根",
    linear: "建议的批次，现有学习率乘以批次之比",
  },
  reasoning: "理由",
  toRun: "这样训练",
  toCheck: "这样验证",
  report: "报告",
  chart: {
    need: {
      title: "各批次达到目标所需",
      caption: "每个批次取试过的最佳学习率；竖线为种子间的 95 % 区间。两轴均为对数。",
      axis: "每次更新的样本数",
      value: { time: "达到目标的时间（秒）", examples: "达到目标的样本数", updates: "达到目标的更新次数" },
      series: "该批次的最佳学习率",
      advised: "建议",
      present: "现有设置",
      empty: "没有批次达到目标",
    },
    front: {
      title: "时间与样本",
      caption: "每个批次取最佳学习率。位于另一点左下方的更优。两轴均为对数。",
      axis: "达到目标的样本数",
      value: "达到目标的时间（秒）",
      front: "不被超过",
      advised: "建议",
      others: "被超过",
      empty: "没有批次达到目标",
    },
  },
};
