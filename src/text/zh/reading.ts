import type { NoiseScale } from "../../statistics/types.ts";
import type { ReadingFinding } from "../../store/analysisFindings.ts";
import { isEvaluationMode } from "../earlierFiles.ts";
import { expectedCosineOf, intervalText, percent, range, significant, threeDigits, whole } from "../format.ts";
import { pictureNote } from "../pictureNote.ts";
import type { Found, Words } from "../words.ts";
import { notesChinese } from "./notes.ts";
import { at, from } from "./place.ts";

/** The sentences of an analysis in Chinese (simplified characters). */
export const readingChinese: Words<ReadingFinding> = {
  noCheckpoint: () => "这份分析里没有检查点，无从解读；请先保存检查点，再做分析。",
  noNoise: ({ rows, ...place }) =>
    `${at(place)}的全部 ${rows} 个批次给出相同的梯度（tr Σ = 0），因此没有哪个批次大小更好；所有样本是否完全相同，可用 \`inspect-data\` 查看。`,
  noiseScale: ({ noiseScale, rows, batchSize, mode, ...place }) =>
    `噪声尺度是梯度中的噪声与梯度本身同样大时的批次大小；${at(place)}时它${scaleWords(noiseScale)}，由 ${rows} 个各含 ${whole(batchSize)} 个样本的批次${modeWords(mode)}测得。`,
  optimizerNoise: ({ optimizer, way, own, noiseScale, unknown, frozen, ...place }) =>
    `按 ${optimizer} 自己的更新（${way === "sign" ? "沿梯度的符号" : "按已保存的二阶矩缩放"}），${at(place)}的噪声尺度是 ${intervalText(own)} 个样本；` +
    `沿梯度本身更新时是 ${intervalText(noiseScale)} 个样本。` +
    (unknown > 0 ? `至今没有梯度的 ${whole(unknown)} 个数不参与。` : "") +
    (frozen > 0 ? `冻结的 ${whole(frozen)} 个数不参与。` : ""),
  optimizerNoiseUnknown: ({ optimizer, way }) =>
    `${optimizer} 自己的更新没有噪声尺度可给：` +
    {
      norms: "一层移动多远取决于这一层梯度的范数。",
      noState: "检查点没有保存优化器的状态。",
      notBegun: "第一步之前没有二阶矩。",
    }[way],
  rounding: ({ noiseToGradient, limit }) =>
    `一个批次的噪声是其梯度长度的 ${significant(noiseToGradient)}：低于 ${significant(limit)} 时，舍入误差（float32 的梯度与 float64 的内积）是其中一部分，因此 tr Σ 与噪声尺度都不准确。`,
  unseenKinds: ({ examples, share }) =>
    `区间只代表这 ${whole(examples)} 个样本所显示的内容：占比低于 ${percent(share)} 的一类样本可能不在其中，若其梯度长得多，噪声尺度会更大。`,
  fewRows: ({ rows }) => `这 ${rows} 行太少，说不出要多少样本才能确定它；请用更多样本测量。`,
  examplesToBound: ({ examples, seen, datasetSize }) =>
    `要得到上界，请用大约 ${significant(examples)} 个或更多样本测量，而不是 ${whole(seen)} 个` +
    (datasetSize === null
      ? "。"
      : `；数据集只有 ${whole(datasetSize)} 个样本，因此新数据的噪声尺度在这里可能无法确定，应改用本数据集的噪声尺度。`),
  examplesToResolve: ({ tolerance, examples, batchSize, seen }) =>
    `要把它确定到 ± ${whole(100 * tolerance)} %，以每批 ${whole(batchSize)} 个样本计大约需要 ${significant(examples.value)} 个样本` +
    `（95 % 区间 ${range(examples)}）；这里有 ${whole(seen)} 个。`,
  batchSignal: ({ batchSize, signalToNoise }) =>
    signalToNoise.value <= 0
      ? `在一个 ${whole(batchSize)} 个样本的批次中，梯度淹没在噪声之中。`
      : `在一个 ${whole(batchSize)} 个样本的批次中，梯度长度的平方是其噪声的 ${significant(signalToNoise.value)} 倍（|G|² 除以 tr Σ/B，95 % 区间 ${range({ ...signalToNoise, lower: Math.max(0, signalToNoise.lower) })}）。`,
  coordinateSignal: ({ mean, plugIn, examples, coordinates, silent, evidenceToStop }) =>
    `逐坐标看，梯度均值的平方平均是单个样本方差的 ${significant(mean)} 倍（GSNR，Liu 等 2020，已去除 ${whole(examples)} 个样本留下的偏差；` +
    `按原文公式为 ${significant(plugIn)}；取自 ${whole(coordinates)} 个坐标，其中 ${percent(silent)} 从不变化，不参与平均）。` +
    `基于证据的停止准则（Mahsereci 等 2017）为 ${significant(evidenceToStop)}：` +
    (evidenceToStop > 0 ? "大于零，说明这些样本的均值不比其噪声大。" : "不大于零，说明这些样本的均值比其噪声大。"),
  oneBatch: ({ examples, norm, innerProduct, orthogonality, threshold, examplesToThreshold }) =>
    `把这 ${whole(examples)} 个样本当作一个批次，范数检验为 ${significant(norm)}，内积检验为 ${significant(innerProduct)}，` +
    `正交检验为 ${significant(orthogonality)}（Byrd 等 2012，Bollapragada 等 2018；越小方向越可信）；` +
    `范数检验要达到 ${threshold.value} 大约需要 ${significant(examplesToThreshold)} 个样本，且只对训练的这一时刻成立。`,
  batchFarBelow: (found) =>
    `B 远小于噪声尺度，每次更新的收获几乎与样本数成正比，达到同样的损失几乎不多用样本：${progress(found)}。`,
  batchBelow: (found) => `B 小于噪声尺度，更大的批次省更新次数，但耗更多样本：${progress(found)}。`,
  batchInside: (found) =>
    `B 落在噪声尺度的区间之内，正是得失转换之处：${progress(found)}；更大的批次省更新次数，但耗更多样本。`,
  batchUnbounded: ({ batchSize }) =>
    `B 大于下限，而噪声尺度没有上界，因此这些行说不出比 ${whole(batchSize)} 更大的批次是否划算。`,
  batchAbove: (found) => `B 大于噪声尺度，更大的批次收益递减：${progress(found)}。`,
  batchLearned: ({ noiseScale, trainLoss, trainAccuracy }) =>
    `训练数据已经学会（训练损失 ${significant(trainLoss)}${trainAccuracy === undefined ? "" : `，正确 ${percent(trainAccuracy)}`}），梯度趋于零，` +
    `噪声尺度 ${intervalText(noiseScale)} 个样本无论批次大小都会增大：此时更大的批次没有收益。请依据较早的轮次选择批次大小。`,
  datasetNoiseScale: ({ datasetSize, datasetNoiseScale, noiseScale }) =>
    `若把数据集的 ${whole(datasetSize)} 个样本当作全部真相，得到 ${intervalText(datasetNoiseScale)} 个样本，而对新数据是 ${intervalText(noiseScale)}：前者说明一个批次多能代表本数据集，后者说明哪个批次大小适合这项任务；训练后期数据集的梯度本身就是噪声，两者因而分开。`,
  oneCheckpoint: () => "一个检查点看不出趋势；请分析多个检查点。",
  fewResolved: ({ resolved, checkpoints }) =>
    `${checkpoints} 个检查点中只有 ${resolved} 个的噪声尺度可以确定，不足以谈趋势。`,
  noiseRose: (found) =>
    `噪声尺度${fromTo(found)}，上升了（${factors(found)}）；损失下降、梯度变小时，上升在意料之中，不是毛病。${paired(found)}`,
  noiseFell: (found) =>
    `噪声尺度${fromTo(found)}，下降了（${factors(found)}）；这本身不是健康的标志：学习率升高或批次变小时它也会下降，因此要与损失一起看。${paired(found)}`,
  noTrend: (found) =>
    found.pairedP === undefined
      ? `噪声尺度${fromTo(found)}；区间相互重叠，不能断言有趋势。`
      : `噪声尺度${fromTo(found)}；所有检查点共用同一组小批次，按小批次配对检验得 p = ${significant(found.pairedP)}：不能断言有趋势。`,
  averages: ({ checkpoints, ratioOfMeans, ofRatios, meanOfRatios }) =>
    `对 ${checkpoints} 个检查点取平均：均值之比（tr Σ 的均值除以 |G|² 的均值）为 ${significant(ratioOfMeans)} 个样本，` +
    `比值的均值（只取 |G|² 大于零的 ${ofRatios} 个）为 ${significant(meanOfRatios)} 个样本。两者不同，因为前者按 |G|² 给检查点加权，而 |G|² 在早期最大；` +
    "后者一视同仁，因此由 |G|² 刚过零的那一个决定。对同一训练状态，只有前者几乎没有偏差；两者都不是训练结束时的值。",
  plateau: (found) =>
    `从${from(found)}，噪声尺度在先前上升之后停在全部 ${found.checkpoints} 个区间一致之处（${range(found)} 个样本）；这样的平台可能是噪声底，例如来自错误的标签，若验证损失也停滞了，值得检查数据。`,
  noiseRatio: (found) => {
    const { noiseScale, batchSize, finitePopulation, plugIn } = found;
    const least = noiseScale.resolved ? "" : "至少";
    const finite = Number.isNaN(finitePopulation) ? "" : `（对本数据集为 ${significant(finitePopulation)}）`;
    return (
      `噪声比 E‖g_B − g‖²/‖g‖² 在 B = ${whole(batchSize)} 时${least}为 ${significant(found.ratio)}${finite}；偏低的代入估计（plug-in）给出 ${significant(plugIn)}。` +
      `同一模型在 B = ${whole(10 * batchSize)} 时${least}为 ${significant(found.ratioAtTenfoldBatch)}，` +
      `所以不注明批次大小的噪声比没有意义，0.01、0.1 之类的界限也不是绝对的：在这里，噪声比 0.1 ` +
      `${least}需要 ${significant(found.batchSizeForTenth)} 个样本的批次，0.01 ${least}需要 ${significant(found.batchSizeForHundredth)} 个。`
    );
  },
  untrained: ({ noiseScale }) =>
    `未训练模型的值（第一次更新之前，${intervalText(noiseScale)} 个样本）不说明数据的质量；请在训练若干轮之后再判断数据。`,
  cosineDwarfed: (found) =>
    `${cosines(found)}，前提是所有梯度一样长；但最长的是中位数的 ${significant(found.longestToMedian)} 倍：少数批次构成几乎全部噪声尺度，而平均余弦里各批次同等计数，所以两者互不说明。`,
  cosineUnequal: (found) =>
    `${cosines(found)}（${spread(found)}），前提是所有梯度一样长；这里最长的是中位数的 ${significant(found.longestToMedian)} 倍，长的梯度构成噪声尺度，而平均余弦里各批次同等计数。计入这一点后预测 ${significant(found.allowedCosine)}：并无异常。`,
  cosineHigh: (found) =>
    `${cosines(found)}（${spread(found)}）：各批次比噪声尺度所预测的更一致。${
      found.tries?.some(({ kind }) => kind === "checkSharedExamples")
        ? "请检查是否有批次含有相同的样本；否则原因多半是梯度长短不一，或噪声尺度的区间过窄。"
        : "它们是不重复抽取的，因此原因多半是梯度长短不一，或噪声尺度的区间过窄，而不是共同的样本。"
    }`,
  cosineLow: (found) => `${cosines(found)}（${spread(found)}）：各批次不如独立批次一致；请检查它们是否都取自同一分布。`,
  cosineUnknown: (found) => `${cosines(found)}；行数太少，分不清两者是否不同。`,
  cosineUsual: (found) => `${cosines(found)}（${spread(found)}）：并无异常；平均余弦低是批次小的标志，不是病。`,
  negativeUnknown: (found) => `${negative(found)}；行数太少，说不出随机会给出多少。`,
  negativeBeyondChance: (found) =>
    `${chance(found)}，至多 ${percent(found.limit)}：超出噪声所能解释的，确有批次相互拉扯；请在数据中寻找固定的组。`,
  negativeByChance: (found) => `${chance(found)}：B 相对噪声尺度较小时，负余弦是正常的，并不表明数据有冲突。`,
  opposedRows: ({ rows, found, batches, cosine, p }) =>
    `${batches} 个批次中有 ${found} 个与其余批次方向相反，超出随机（${found > rows.length ? "其中有 " : ""}${rows.join("、")}；与其余批次的平均余弦为 ${significant(cosine)}，p ≈ ${significant(p)}）：对一方有利的一步对另一方不利，稀有类别的样本可能造成这种情形。要看是哪些，请按类别、来源、标注者或文件分成固定的组；对一次训练用 \`analyze --by class\`。`,
  opposedPair: (found) =>
    `方向最相反的一对是批次 ${found.first} 与 ${found.second}，余弦为 ${significant(found.cosine)}${judged(found)}；打乱后抽取的批次都含同样的混合，所以不能归咎于坏数据：只有固定的组（类别、来源、标注者、文件）才能。`,
  noPicture: ({ notes, note }) => `方向图不是 t-SNE：${pictureNote({ notes, note }, notesChinese) || "行数太少。"}`,
  picture: ({ perplexity, neighborsKept, neighbors }) =>
    `t-SNE 图（困惑度 ${threeDigits(perplexity)}）保留了每个批次 ${neighbors} 个最近邻的 ${percent(neighborsKept)}；它只是一幅图，其中紧凑、分散或分离的聚类既不说明健康，也不说明有病。`,
};

/** 不知道时什么都不写。 */
function modeWords(mode: string): string {
  if (!isEvaluationMode(mode)) return mode === "" ? "" : `在${mode}下`;
  return "在评估模式（若有 dropout 则关闭，若有批归一化则使用运行统计量）下";
}

function scaleWords(scale: NoiseScale): string {
  return scale.resolved
    ? `是 ${significant(scale.value)} 个样本（95 % 区间 ${range(scale)}）`
    : `尚不能确定：至少为 ${significant(scale.lower)} 个样本，没有上界`;
}

function progress({ batchSize, noiseScale: { resolved }, progressShare, gainOfDoubling }: Progress): string {
  return (
    `用 B = ${whole(batchSize)} 个样本更新一次，${resolved ? "大约" : "至多"}取得无噪声更新的 ${percent(progressShare)} 的进展；` +
    `B 加倍时，每次更新的价值变为${resolved ? " " : "至少 "}${gainOfDoubling.toFixed(2)} 倍（二次理论，学习率重新调过）`
  );
}

function fromTo({ first, last }: Change): string {
  return `从${at(first)}的 ${intervalText(first.noiseScale)} 个样本到${at(last)}的 ${intervalText(last.noiseScale)} 个`;
}

function factors({ signalFactor, noiseFactor }: Change): string {
  return `|G|² 变为 ${significant(signalFactor)} 倍，tr Σ 变为 ${significant(noiseFactor)} 倍`;
}

function paired({ pairedP }: Change): string {
  return pairedP === undefined ? "" : `所有检查点共用同一组小批次，按小批次配对检验：p = ${significant(pairedP)}。`;
}

function cosines(found: Cosines): string {
  return (
    `两个批次的平均余弦为 ${significant(found.meanCosine)}；在 B = ${whole(found.batchSize)}、噪声尺度 ${intervalText(found.noiseScale)} 时，` +
    `1/(1 + 噪声尺度/B) 预测 ${expectedCosineOf(found).text}`
  );
}

function spread({ low, high }: Cosines): string {
  return `计入区间和随机波动为 ${significant(low)} 至 ${significant(high)}`;
}

function negative({ share, pairs }: Pick<Negative, "share" | "pairs">): string {
  return `${whole(pairs)} 对批次中有 ${percent(share)} 的余弦为负`;
}

function chance(found: Negative): string {
  return `${negative(found)}，而在 B = ${whole(found.batchSize)} 时仅凭随机就约有 ${percent(found.expected)}`;
}

function judged({ strength, pairs, p }: Found<ReadingFinding, "opposedPair">): string {
  if (strength === "unknown") return "";
  return `，在 ${whole(pairs)} 对之中${strength === "clear" ? "超出" : "没有超出"}随机所能解释的（p ≈ ${significant(p)}，正态理论）`;
}

type Progress = Omit<Found<ReadingFinding, "batchInside">, "kind">;
type Change = Omit<Found<ReadingFinding, "noTrend">, "kind">;
type Cosines = Omit<Found<ReadingFinding, "cosineUsual">, "kind">;
type Negative = Omit<Found<ReadingFinding, "negativeByChance">, "kind">;
