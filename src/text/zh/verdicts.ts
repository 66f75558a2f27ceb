import type { Interval } from "../../statistics/types.ts";
import type { Verdict } from "../../store/verdicts.ts";
import { durationInterval } from "../duration.ts";
import { percent, significant, whole } from "../format.ts";
import {
  BY_HEART,
  between,
  estimateOr,
  isBounded,
  type Lasted,
  memory,
  plain,
  rangeFlag,
  type State,
  sizes,
} from "../verdictParts.ts";
import type { Words } from "../words.ts";
import { batchVerdictsChinese, learned } from "./batchVerdicts.ts";
import { comparisonVerdictsChinese } from "./comparisonVerdicts.ts";
import { criticalBatchVerdictsChinese } from "./criticalBatchVerdicts.ts";
import { gradientVerdictsChinese } from "./gradientVerdicts.ts";
import { judgementVerdictsChinese } from "./judgementVerdicts.ts";
import { landscapeVerdictsChinese } from "./landscapeVerdicts.ts";
import { rareRemedies } from "./rareClasses.ts";
import { rateExponentVerdictsChinese } from "./rateExponentVerdicts.ts";
import { recommendVerdictsChinese } from "./recommendVerdicts.ts";

/** The line that comes before all else, in Chinese (simplified characters). */
export const verdictsChinese: Words<Verdict> = {
  ...batchVerdictsChinese,
  ...gradientVerdictsChinese,
  nothingRecorded: () => "没有做过评估，无从判断",
  tooShort: (found) =>
    `只有 ${duration(found)}，太短，看不出走势；` +
    `可试 \`batchscope train --resume ${found.run} --${found.unit} ${found.more}\`。${scores(found)}`,
  diverged: ({ step, learningRate }) =>
    `学习率 ${plain(learningRate)} 在第 ${whole(step)} 步发散；请用 \`batchscope lr-find\` 寻找学习率，` +
    `或试 \`--learning-rate ${Number((learningRate / 10).toPrecision(3))}\``,
  overshooting: ({ firstLoss, trainLoss, validationLoss, learningRate }) =>
    `损失由起初的 ${significant(firstLoss)} 升至 ${significant(trainLoss)}（验证 ${significant(validationLoss)}）：` +
    `学习率 ${plain(learningRate)} 过大；请用 \`batchscope lr-find\` 寻找学习率`,
  noSkill: (found) =>
    `不比${
      found.majorityShare === null
        ? `总是回答均值更好（R² ${significant(found.rSquared!)}）`
        : `总是回答${found.common === undefined ? "最多的类别" : `“${found.common}”`}更好（${percent(found.majorityShare)}）`
    }；请检查目标与特征，再用 \`batchscope lr-find\` 寻找学习率。${scores(found)}`,
  noBetterThanOneAnswer: ({ accuracy, common, majorityShare, rSquared }) =>
    accuracy === null
      ? `不比总是回答均值更好（R² ${significant(rSquared!)}）`
      : `准确率 ${percent(accuracy)} 不比总是回答“${common}”更好（${percent(majorityShare!)}）`,
  notLearning: ({ firstLoss, lastLoss, epochs }) =>
    `没有学到东西：训练损失起初为 ${significant(firstLoss)}，${epochs} 轮后为 ${significant(lastLoss)}；` +
    "请用 `batchscope lr-find` 寻找学习率",
  classNeverFound: ({ name, accuracy, tried }) =>
    `“${name}”的 F1 为 0 %：这个稀少的类别从未被识别，准确率 ${percent(accuracy)} 有误导；${rareRemedies[tried]}`,
  overfitting: (found) => {
    const { since, bestValidationLoss, validationLoss } = found;
    const rise = since
      ? `：自${at(since)}起，验证损失由 ${significant(bestValidationLoss)} 升至 ${significant(validationLoss)}`
      : "";
    return `过拟合${rise}；可试 ${found.tries.map((one) => attempts[one]).join(" 或 ")}。${scores(found)}`;
  },
  underfitting: (found) =>
    `欠拟合，${found.epochs} 轮后训练损失不再下降；可试更大的模型，或用 \`batchscope lr-find\` 另找学习率。${scores(found)}`,
  improving: (found) =>
    `${duration(found)}后仍在改善；可继续训练：\`batchscope train --resume ${found.run} --${found.unit} ${found.more}\`。${scores(found)}`,
  healthy: (found) => `健康；共 ${duration(found)}，请用最佳的检查点，即${at(found.best)}的。${scores(found)}`,
  stoppedEarly: ({ evaluations, best }) =>
    `连续 ${whole(evaluations)} 次评估没有改善，提前停止${best ? `；最佳在${at(best)}` : ""}`,
  dataUnexamined: ({ run, analyzable = true }) =>
    analyzable
      ? `尚未查看；\`batchscope analyze ${run} --by class\` 查看冲突，\`batchscope inspect-data\` 查看标签`
      : "尚未查看；`batchscope inspect-data` 查看标签",
  byHeart: (found) => {
    const { microBatches, learned: isLearned, run, unit, more } = found;
    return isLearned
      ? `${microBatches} 个微批次已能${found.trainLoss <= BY_HEART ? "背下" : "全部答对"}（${learned(found)}）：模型、损失与标签相互配合；请去掉 \`--overfit-batches\`，在全部数据上训练`
      : `${duration(found)}后仍背不下 ${microBatches} 个微批次（${learned(found)}）：请继续训练：\`batchscope train --resume ${run} --${unit} ${more}\`；` +
          "若无改善，请检查标签、损失或学习率";
  },
  opposedBatches: ({ run, found, batches, p }) =>
    `${batches} 个批次中有 ${found} 个与其余批次方向相反（p ≈ ${significant(p)}）；` +
    `要看是哪些类别：\`batchscope analyze ${run} --by class\``,
  opposedGroups: ({ by, found, pairs, first, second, cosine }) =>
    `按 ${by} 分组的 ${whole(pairs)} 对中有 ${found} 对相互冲突，最严重的是“${first}”与“${second}”（余弦 ${significant(cosine)}）；` +
    "请用 `batchscope inspect-data` 查看它们的标签",
  opposedClasses: ({ first, second, cosine, classes, usual, beyondUsual }) =>
    beyondUsual
      ? `${whole(classes)} 个类别中，“${first}”与“${second}”的方向最为相反（余弦 ${significant(cosine)}）：对一类有利的一步会损害另一类，` +
        "相似的类别之间，或其中一类稀少时便是如此；请用 `batchscope inspect-data` 查看它们的标签"
      : `没有冲突：各类别方向相反的程度不超过 softmax 必然造成的（${whole(classes)} 个类别之间余弦为 ${significant(usual)}）`,
  opposedPairs: ({ run, share, limit }) =>
    `${percent(share)} 的批次对方向相反，而随机至多给出 ${percent(limit)}；要看是哪些类别：\`batchscope analyze ${run} --by class\``,
  unequalClasses: ({ common, majorityShare, accuracy, rare, tried }) =>
    `类别不均：总是回答“${common}”可得 ${percent(majorityShare)}，模型为 ${percent(accuracy)}；请看宏平均 F1，` +
    `对 ${rare} 个稀少的类别，${rareRemedies[tried]}`,
  noConflictSeen: ({ batches, groups }) =>
    groups === null
      ? `${whole(batches)} 个打乱抽取的批次之间没有冲突；各组之间仍可能有：\`--by class\``
      : `按 ${groups} 分的各组之间没有冲突`,
  labelsDoubted: ({ doubted, judged, estimatedNoise, contradicted, page, command }) =>
    `${whole(judged)} 个标签中有 ${whole(doubted)} 个可疑。估计共有约 ${percent(estimatedNoise)} 出错${unsure(contradicted)}；` +
    (page === null ? `请逐个查看：\`${command}\`` : `请在 ${page} 中逐个查看`),
  labelsNoisy: ({ judged, estimatedNoise, contradicted }) =>
    `${whole(judged)} 个标签中约有 ${percent(estimatedNoise)} 似乎出错，但没有哪个特别可疑${unsure(contradicted)}；训练时可用 \`--label-smoothing 0.1\``,
  noLabelDoubted: ({ judged, noticeable, contradicted }) =>
    `${whole(judged)} 个标签中没有可疑的${noticeableChinese(noticeable)}${unsure(contradicted)}`,
  labelsUnjudged: ({ examples }) => `${whole(examples)} 个样本太少，不能依据同类的其他样本判断标签；请收集更多样本`,
  contraryDuplicates: ({ groups }) => `有 ${whole(groups)} 组相同或近似相同的样本标签不一致：请更正或去掉`,
  sharedExamples: ({ groups }) => `有 ${whole(groups)} 组样本同时在训练集和验证集中：验证准确率偏高；请重新划分`,
  rateFound: ({ rate, lower, upper, seeds }) =>
    `可用 \`--learning-rate ${plain(rate)}\`（${seeds} 个种子为 ${significant(lower)} 至 ${significant(upper)}）`,
  rateNotFound: ({ tenthOfMinimum, because, tries = [] }) =>
    `不能推荐学习率${because === undefined ? "；原因见下表" : `：${noRate[because]}`}` +
    (tries.length === 0 ? "" : `；请传入 ${tries.map(rangeFlag).join(" 或 ")}`) +
    (tenthOfMinimum === null
      ? ""
      : `；可先谨慎地用 \`--learning-rate ${plain(tenthOfMinimum)}\`，即损失最低处的十分之一`),
  microBatchFound: ({ microBatch, timed, largest, limitBytes, target }) =>
    `可用 \`--batch-size ${microBatch}${target === null ? "" : ` --target-batch-size ${target}`}\`：` +
    (timed
      ? `在 ${memory(limitBytes)} 内放得下的之中最快；两次都放得下的最大值为 ${whole(largest)}`
      : `在 ${memory(limitBytes)} 内放得下的最大值`),
  microBatchNotFound: ({ limitBytes }) =>
    `${memory(limitBytes)} 连一个样本也放不下；请用 \`--memory-limit\` 放宽，或试 \`--gradient-checkpointing\``,
  ...comparisonVerdictsChinese,
  ...judgementVerdictsChinese,
  ...criticalBatchVerdictsChinese,
  ...recommendVerdictsChinese,
  ...rateExponentVerdictsChinese,
  ...landscapeVerdictsChinese,
  batchSizeProfiled: ({ batchSize, epochSeconds, within, alike, stillFalls, bounded }) =>
    (stillFalls
      ? `测过的最大批次 ${whole(batchSize)} 一轮仍然最快：${durationInterval(epochSeconds)}${bounded ? "" : "；更大的批次可能更快"}`
      : `批次大小 ${whole(batchSize)} 是一轮时间与最快者相差不到 ${Math.round(100 * within)} % 的最小值：` +
        `${durationInterval(epochSeconds)}；更大的批次几乎不再省时间`) +
    (alike === null ? "" : `；${whole(alike)} 也可能一样快，因为各遍的时间有重叠`),
  accumulationEqual: ({ window, examples, difference }) =>
    `相等：${sizes(window)} 给出与一个 ${whole(examples)} 个样本的批次相同的梯度（最大相对差 ${difference.toExponential(1)}）；可以放心累积`,
  accumulationDiffers: ({ window, examples, difference, tolerance, mixing }) =>
    `不相等：${sizes(window)} 与一个 ${whole(examples)} 个样本的批次相差 ${difference.toExponential(1)}（容差 ${tolerance}）` +
    (mixing.length > 0
      ? `，因为有 ${mixing.length} 层使微批次内的样本相互混合；请替换批归一化，或改用更大的 \`--batch-size\``
      : ""),
  accuracyMeasured: ({ accuracy, examples }) =>
    `准确率 ${percent(accuracy.value)} ${between(accuracy, percent)}，${whole(examples)} 个样本（95 % 区间）`,
  errorsMeasured: ({ rSquared, rmse, mae, examples, needed }) => {
    const some = [rSquared, rmse, mae].some(isBounded);
    const one = (interval: Interval) => estimateOr(interval, some ? "（无区间）" : "", "无定义（目标不变化）");
    const intervals = some
      ? "95 % 区间"
      : needed !== null
        ? `无区间：至少需 ${whole(needed)} 个样本`
        : "无区间：各样本的误差都相同";
    return (
      `R² ${one(rSquared)}，RMSE ${one(rmse)}，MAE ${one(mae)}，` +
      `${whole(examples)} 个样本（${intervals}，以目标的单位计）`
    );
  },
  lossMeasured: ({ loss, examples }) => `损失 ${significant(loss)}，${whole(examples)} 个样本`,
};

const noRate = {
  noise: "并非每次扫描中损失的下降都超过其噪声",
  earlyRise: "损失在最初几次更新后就上升",
  fallsToTheEnd: "损失到最大的学习率时仍下降得最快",
  disagree: "各次扫描相差十倍以上",
};

const attempts = {
  patience: "`--patience 3`",
  weightDecay: "更大的 `--weight-decay`",
  augment: "`--augment standard`",
  moreData: "更多数据（去掉 `--limit-examples`）",
};

/** Of models that are too weak to be sure. */
/** The words of `noticeableEnglish` in Chinese. */
function noticeableChinese(share: number | null | undefined): string {
  if (share === undefined) return "";
  return share === null ? "；随机错标可能看不出" : `；若有 ${percent(share)} 随机错标，会被发现`;
}

function unsure(contradicted: number | undefined): string {
  return contradicted === undefined ? "" : `（不能确定：模型与全部标签中的 ${percent(contradicted)} 不一致）`;
}

/** In steps where no epoch was complete. */
function duration({ epochs, steps }: Lasted): string {
  return steps === undefined ? `${epochs} 轮` : `${whole(steps)} 步`;
}

function scores({ trainLoss, trainAccuracy, validationLoss, validationAccuracy, accuracy }: State): string {
  if (trainAccuracy === undefined || validationAccuracy === undefined)
    return `训练损失 ${significant(trainLoss)}，验证损失 ${significant(validationLoss)}`;
  const range = accuracy
    ? `。因验证样本的偶然性，可在 ${percent(accuracy.lower)} 至 ${percent(accuracy.upper)} 之间`
    : "";
  return `训练准确率 ${percent(trainAccuracy)}，验证准确率 ${percent(validationAccuracy)}${range}`;
}

function at({
  epoch,
  step,
  inside,
}: {
  readonly epoch: number;
  readonly step: number;
  readonly inside: boolean;
}): string {
  return inside ? `第 ${whole(step)} 步` : `第 ${epoch} 轮`;
}
