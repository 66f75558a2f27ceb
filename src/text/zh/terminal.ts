import type { TerminalText } from "../en/terminal.ts";
import { rareRemedies } from "./rareClasses.ts";

/** The words of `terminalEnglish.ts` in Chinese (simplified characters). */
export const terminalChinese: TerminalText = {
  layers: { layer: "层", parameters: "参数个数", share: "占比", noiseScale: "噪声尺度 [95 %]" },
  banner: {
    none: (batchSize) => `未启用梯度累积: batch_size ${batchSize}`,
    steps: (steps) => `🔄 梯度累积配置: 每${steps}轮累积一次梯度`,
    actual: (batchSize) => `实际batch_size: ${batchSize}`,
    effective: (batchSize) => `有效batch_size: ${batchSize}`,
  },
  stiffness: "平均余弦",
  plots: "图片",
  numbers: "数值",
  report: "报告",
  figures: "图片",
  files: (count, folder) => `${count} 个文件，位于 ${folder}`,
  gradients: {
    head: ({ rows, batchSize, datasetSize }) =>
      `${rows} 个梯度，每个 ${batchSize} 个样本${datasetSize === null ? "" : `，抽自 ${datasetSize} 个`}`,
    noiseScale: "噪声尺度",
    datasetNoiseScale: "噪声尺度（本数据集）",
    examples: (range) => `${range} 个样本（95 % 区间）`,
    noiseRatio: (batchSize) => `批次大小 ${batchSize} 时的噪声比`,
    ratios: (plugIn, unbiased) => `代入估计（plug-in）${plugIn}（偏低），由无偏估计得 ${unbiased}`,
    signalToNoise: (batchSize) => `批次 ${batchSize} 的 |G|² 除以 tr Σ/B`,
    noise: "单个样本的 tr Σ",
    signals: (unbiased, ofMean) => `无偏估计 ${unbiased}，各行均值的为 ${ofMean}`,
    meanCosine: "平均余弦",
    cosines: (mean, expected) => `${mean}，期望值 ${expected}`,
    opposed: "方向最相反的两行",
    pair: (first, second) => `${first} 与 ${second}`,
    sketch: "随机投影",
    remarks: {
      zeroGradients: ({ rows }) =>
        `全部 ${rows} 个梯度都为零，没有可测量的：请检查它们是否在反向传播之后、清零之前保存`,
      equalGradients: ({ rows }) =>
        `全部 ${rows} 行是同一个梯度（tr Σ = 0），任何批次大小都一样；请检查它们是否来自相同的样本`,
      moreRowsThanParameters: ({ rows, parameters }) =>
        `${rows} 个梯度、${parameters} 个参数：每行应是一个梯度 [K, P]；若文件中每列是一个梯度，请保存 G.T`,
    },
    sketched: (numbers, error) => `每行 ${numbers} 个数：长度是精确的，余弦误差以 95 % 的概率不超过 ${error}`,
  },
  evaluation: {
    class: "类别",
    precision: "精确率",
    recall: "召回率",
    labels: "标签数",
    range: (low, high) => `${low} 至 ${high}`,
    errors: ({ rSquared, rmse, mae }) =>
      `R² ${rSquared}，均方根误差 ${rmse}，平均绝对误差 ${mae}（以目标自身的单位为单位）`,
    averages: ({ macro, weighted, balanced, accuracy }) =>
      `宏平均 F1 ${macro}，加权 F1 ${weighted}，平衡准确率 ${balanced}，准确率 ${accuracy}`,
    areas: (rocAuc, average) => `ROC AUC ${rocAuc}，平均精确率 ${average}`,
    rare: (name, share, f1) => `“${name}”（${share}，F1 ${f1}）`,
    misleads: ({ common, share, accuracy, rare, more, tried }) =>
      `准确率有误导：总是回答“${common}”可得 ${share}，模型为 ${accuracy}；稀少的类别：${rare.join("、")}` +
      `${more > 0 ? `，另有 ${more} 个` : ""}；请看宏平均 F1，${rareRemedies[tried]}`,
  },
  progress: {
    epoch: (epoch, of) => `轮次 ${epoch}${of}`,
    loss: "损失",
    accuracy: "准确率",
  },
  training: {
    validation: (epoch, scores) => `第 ${epoch} 轮验证：${scores}`,
    validationAt: (step, scores) => `第 ${step} 步验证：${scores}`,
    scores: ({ loss, perplexity, accuracy, rSquared, rmse }) =>
      [
        `损失 ${loss}`,
        ...(perplexity === undefined ? [] : [`困惑度 ${perplexity}`]),
        ...(accuracy === undefined ? [] : [`准确率 ${accuracy}`]),
        ...(rSquared === undefined || rmse === undefined ? [] : [`R² ${rSquared}`, `均方根误差 ${rmse}`]),
      ].join("，"),
    trained: (loss, whole) => `训练：损失 ${loss}，为${whole ? "最后一轮" : "本轮至今"}的平均`,
    best: (last, place, best) => `验证：${last}；最佳（${place}）：${best}`,
    epoch: (epoch) => `第 ${epoch} 轮`,
    step: (step) => `第 ${step} 步`,
    accumulation: ({ steps, examples, noiseScale }) =>
      `梯度累积：每次更新 ${steps} 个微批次，${examples} 个样本${noiseScale === null ? "" : `，依据噪声尺度 ${noiseScale} 个样本`}`,
    average: (epochs, scores) => `${epochs} 轮权重的平均，验证：${scores}`,
    averageOfCopies: (copies, scores) => `${copies} 份模型权重的平均，验证：${scores}`,
    unwatched: (operator) =>
      `训练中没有测量噪声尺度：${operator ?? "某一层"} 把微批次中的样本混在一起；` +
      "`--gradient-accumulation-steps 2` 改为比较微批次，`analyze` 可在各检查点测量",
    noiseUnknown: "训练中的噪声尺度：步数太少，无法判断",
    noise: (value, bounded) =>
      `训练中的噪声尺度：${value} 个样本${bounded ? "" : "；噪声很大而测量过的步数太少，无法给出上限"}`,
    skipped: (steps) => `有 ${steps} 步因 float16 梯度溢出而跳过`,
    speed: (microBatches, took) => `每秒 ${microBatches} 个微批次；运行用时 ${took}`,
    memory: (mebibytes) => `内存峰值 ${mebibytes} MiB`,
    run: (path) => `运行 ${path}`,
    goOn: (command) => `继续训练：${command}`,
    next: (command) => `下一步：${command}`,
  },
};
