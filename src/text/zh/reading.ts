import { isEvaluationMode } from "../earlierFiles.ts";
import type { ReadingText } from "../en/reading.ts";
import { pictureNote } from "../pictureNote.ts";
import { notesChinese } from "./notes.ts";

/** The sentences of `reading.ts` in Chinese (simplified characters). */
export const readingChinese: ReadingText = {
  noCheckpoint: "这份分析里没有检查点，无从解读；请先保存检查点，再做分析。",
  mode: (mode) => (isEvaluationMode(mode) ? "评估模式（关闭 dropout，批归一化使用运行统计量）" : mode),
  noNoise: ({ rows, epoch }) =>
    `第 ${epoch} 轮的全部 ${rows} 个批次给出相同的梯度（tr Σ = 0），因此没有哪个批次大小更好；若觉得意外，请检查各批次是否含有相同的样本。`,
  known: ({ value, range }) => `是 ${value} 个样本（95 % 区间 ${range}）`,
  unknown: (lower) => `尚不能确定：至少为 ${lower} 个样本，没有上界`,
  meaning: ({ epoch, value, rows, batchSize, mode }) =>
    `噪声尺度是梯度中的噪声与梯度本身同样大时的批次大小；第 ${epoch} 轮时它${value}，由 ${rows} 个各含 ${batchSize} 个样本的批次在${mode}下测得。`,
  tooFewToSay: (rows) => `这 ${rows} 行太少，说不出要多少样本才能确定它；请用更多样本测量。`,
  needed: ({ needed, seen }) => `要得到上界，请用大约 ${needed} 个或更多样本测量，而不是 ${seen} 个`,
  enoughExist: "。",
  tooFewExist: (size) =>
    `；数据集只有 ${size} 个样本，因此新数据的噪声尺度在这里可能无法确定，应改用本数据集的噪声尺度。`,
  precision: ({ needed, range, batchSize, seen }) =>
    `要把它确定到 ± 20 %，以每批 ${batchSize} 个样本计大约需要 ${needed} 个样本（95 % 区间 ${range}）；这里有 ${seen} 个。`,
  oneBatch: ({ examples, norm, innerProduct, orthogonality, threshold, enough }) =>
    `把这 ${examples} 个样本当作一个批次，范数检验为 ${norm}，内积检验为 ${innerProduct}，正交检验为 ${orthogonality}` +
    `（Byrd 等 2012，Bollapragada 等 2018；越小方向越可信）；范数检验要达到 ${threshold} 大约需要 ${enough} 个样本，且只对训练的这一时刻成立。`,
  batchSignal: ({ B, value, range }) =>
    `在一个 ${B} 个样本的批次中，梯度长度的平方是其噪声的 ${value} 倍（|G|² 除以 tr Σ/B，95 % 区间 ${range}）。`,
  coordinateSignal: ({ mean, plugIn, examples, coordinates, silent, stop, stops }) =>
    `逐坐标看，梯度均值的平方平均是单个样本方差的 ${mean} 倍（GSNR，Liu 等 2020，已去除 ${examples} 个样本留下的偏差；` +
    `按原文公式为 ${plugIn}；取自 ${coordinates} 个坐标，其中 ${silent} 从不变化，不参与平均）。基于证据的停止准则（Mahsereci 等 2017）为 ` +
    `${stop}：${stops ? "大于零，说明这些样本的均值不比其噪声大" : "不大于零，说明这些样本的均值比其噪声大"}。`,
  progress: ({ B, share, gain, resolved }) =>
    `用 B = ${B} 个样本更新一次，${resolved ? "大约" : "至多"}取得无噪声更新的 ${share} 的进展；B 加倍时，每次更新的价值变为${resolved ? " " : "至少 "}${gain} 倍（二次理论，学习率重新调过）`,
  farBelow: (progress) => `B 远小于噪声尺度，多平均一些样本几乎线性地划算：${progress}。`,
  below: (progress) => `B 小于噪声尺度，多平均一些样本仍然划算，但不到线性：${progress}。`,
  unbounded: (B) => `B 大于下限，而噪声尺度没有上界，因此这些行说不出比 ${B} 更大的批次是否划算。`,
  inside: (progress) => `B 落在噪声尺度的区间之内，正是得失转换之处：${progress}；更大的批次省更新次数，但耗更多样本。`,
  above: (progress) => `B 大于噪声尺度，更大的批次收益递减：${progress}。`,
  datasetForm: ({ size, own, fresh }) =>
    `若把数据集的 ${size} 个样本当作全部真相，得到 ${own} 个样本，而对新数据是 ${fresh}：前者说明一个批次多能代表本数据集，后者说明哪个批次大小适合这项任务；训练后期数据集的梯度本身就是噪声，两者因而分开。`,
  oneCheckpoint: "一个检查点看不出趋势；请分析多个检查点。",
  tooFewResolved: ({ resolved, all }) => `${all} 个检查点中只有 ${resolved} 个的噪声尺度可以确定，不足以谈趋势。`,
  fromTo: ({ first, firstEpoch, last, lastEpoch }) =>
    `从第 ${firstEpoch} 轮的 ${first} 个样本到第 ${lastEpoch} 轮的 ${last} 个`,
  parts: ({ signal, noise }) => `|G|² 变为 ${signal} 倍，tr Σ 变为 ${noise} 倍`,
  rose: ({ from, parts }) => `噪声尺度${from}，上升了（${parts}）；损失下降、梯度变小时，上升在意料之中，不是毛病。`,
  fell: ({ from, parts }) =>
    `噪声尺度${from}，下降了（${parts}）；这本身不是健康的标志：学习率升高或批次变小时它也会下降，因此要与损失一起看。`,
  paired: (p) => `所有检查点共用同一组小批次，按小批次配对检验：p = ${p}。`,
  noPairedTrend: ({ from, p }) =>
    `噪声尺度${from}；所有检查点共用同一组小批次，按小批次配对检验得 p = ${p}：不能断言有趋势。`,
  averages: ({ count, ratioOfMeans, resolved, meanOfRatios }) =>
    `对 ${count} 个检查点取平均：均值之比（tr Σ 的均值除以 |G|² 的均值）为 ${ratioOfMeans} 个样本，` +
    `比值的均值（只取 |G|² 大于零的 ${resolved} 个）为 ${meanOfRatios} 个样本。两者不同，因为前者按 |G|² 给检查点加权，而 |G|² 在早期最大；` +
    "后者一视同仁，因此由 |G|² 刚过零的那一个决定。对同一训练状态，只有前者几乎没有偏差；两者都不是训练结束时的值。",
  noTrend: (from) => `噪声尺度${from}；区间相互重叠，不能断言有趋势。`,
  plateau: ({ first, last, count, range }) =>
    `从第 ${first} 轮到第 ${last} 轮，噪声尺度在先前上升之后停在全部 ${count} 个区间一致之处（${range} 个样本）；这样的平台可能是噪声底，例如来自错误的标签，若验证损失也停滞了，值得检查数据。`,
  againstDataset: (ratio) => `（对本数据集为 ${ratio}）`,
  noiseRatio: ({ resolved, ratio, B, finite, plugIn, largerB, largerRatio, tenth, hundredth }) => {
    const least = resolved ? "" : "至少";
    return (
      `噪声比 E‖g_B − g‖²/‖g‖² 在 B = ${B} 时${least}为 ${ratio}${finite}；偏低的插入估计给出 ${plugIn}。同一模型在 B = ${largerB} ` +
      `时${least}为 ${largerRatio}，所以不注明批次大小的噪声比没有意义，0.01、0.1 之类的界限也不是绝对的：在这里，噪声比 0.1 ` +
      `${least}需要 ${tenth} 个样本的批次，0.01 ${least}需要 ${hundredth} 个。`
    );
  },
  untrained: (scale) => `未训练模型的值（第 0 轮，${scale} 个样本）不说明数据的质量；请在训练若干轮之后再判断数据。`,
  meanCosine: ({ mean, expected, B, scale }) =>
    `两个批次的平均余弦为 ${mean}；在 B = ${B}、噪声尺度 ${scale} 时，1/(1 + 噪声尺度/B) 预测 ${expected}`,
  spread: ({ low, high }) => `计入区间和随机波动为 ${low} 至 ${high}`,
  dwarfed: ({ numbers, longest }) =>
    `${numbers}，前提是所有梯度一样长；但最长的是中位数的 ${longest} 倍：少数批次构成几乎全部噪声尺度，而平均余弦里各批次同等计数，所以两者互不说明。`,
  unequal: ({ numbers, spread, longest, allowed }) =>
    `${numbers}（${spread}），前提是所有梯度一样长；这里最长的是中位数的 ${longest} 倍，长的梯度构成噪声尺度，而平均余弦里各批次同等计数。计入这一点后预测 ${allowed}：并无异常。`,
  agreeMore: ({ numbers, spread }) => `${numbers}（${spread}）：各批次比独立批次更一致；请检查它们是否含有共同的样本。`,
  agreeLess: ({ numbers, spread }) =>
    `${numbers}（${spread}）：各批次不如独立批次一致；请检查它们是否都从同一混合中抽取。`,
  spreadUnknown: (numbers) => `${numbers}；行数太少，分不清两者是否不同。`,
  usual: ({ numbers, spread }) => `${numbers}（${spread}）：并无异常；平均余弦低是批次小的标志，不是病。`,
  negative: ({ share, pairs }) => `${pairs} 对批次中有 ${share} 的余弦为负`,
  chanceUnknown: (negative) => `${negative}；行数太少，说不出随机会给出多少。`,
  chance: ({ negative, share, B }) => `${negative}，而在 B = ${B} 时仅凭随机就约有 ${share}`,
  beyondChance: ({ chance, limit }) =>
    `${chance}，至多 ${limit}：超出噪声所能解释的，确有批次相互拉扯；请在数据中寻找固定的组。`,
  withinChance: (chance) => `${chance}：B 相对噪声尺度较小时，负余弦是正常的，不是数据冲突。`,
  opposedJudged: ({ more, pairs, p }) =>
    `，在 ${pairs} 对之中${more ? "超出" : "没有超出"}随机所能解释的（p ≈ ${p}，正态理论）`,
  opposed: ({ first, second, cosine, judged }) =>
    `方向最相反的一对是批次 ${first} 与 ${second}，余弦为 ${cosine}${judged}；打乱后抽取的批次都含同样的混合，所以不能归咎于坏数据：只有固定的组（类别、来源、标注者、文件）才能。`,
  noPicture: (picture) => `方向图不是 t-SNE：${pictureNote(picture, notesChinese) || "行数太少。"}`,
  picture: ({ perplexity, kept, neighbors }) =>
    `t-SNE 图（困惑度 ${perplexity}）保留了每个批次 ${neighbors} 个最近邻的 ${kept}；它只是一幅图，其中紧凑、分散或分离的聚类既不说明健康，也不说明有病。`,
};
