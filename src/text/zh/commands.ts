import type { CommandsText } from "../en/commands.ts";
import { errorInWords } from "../errorWords.ts";
import { statusesChinese } from "./statuses.ts";

const models: Readonly<Record<string, string>> = {
  dualgafnet: "两个分支处理格拉姆角场，以注意力融合，用于角场图像",
  gpt2: "GPT-2，因果 Transformer，用于文本；按规模选择",
  lenet: "LeNet-5，两个卷积层和三个线性层，用于图像",
  linear: "一个线性层：softmax 回归或线性回归，适用于任何数据",
  lstm: "长短期记忆网络，128 个单元，用于序列和逐行读入的图像",
  mlp: "由整流单元组成的隐藏层，适用于任何数据；mlp:宽度x层数，默认一层 256 个单元",
  mobilenet: "MobileNetV2，深度可分离卷积，用于图像；按宽度选择",
  resnet: "用于小图像的残差网络；按深度选择",
  tcn: "时间卷积网络，用于序列和逐像素读入的图像",
  vit: "视觉 Transformer，用于图像；按规模选择",
};

const data: Readonly<Record<string, string>> = {
  mnist: "手写数字，60,000 + 10,000 张 28 × 28 图像",
  "fashion-mnist": "服饰，60,000 + 10,000 张 28 × 28 图像，划分为自定",
  iris: "费希尔的鸢尾花，三个品种共 150 朵，各有四个长度",
  sensors: "四个传感器的湿度与温度，其中两个有异常，取为读数窗口",
  DualGAF: "sensors 的窗口，表示为格拉姆角和场与差场",
  "moby-dick": "梅尔维尔的小说，切为词元，按章划分",
};

const about = new Map(Object.entries({ ...models, ...data }));

const trialStates: Readonly<Record<string, string>> = {
  waiting: "等待",
  running: "进行",
  done: "完成",
  diverged: "发散",
  failed: "失败",
  stopped: "停止",
};

/** The words of commands in Chinese (simplified characters). */
export const commandsChinese: CommandsText = {
  verify: {
    loss: (loss) => `损失 ${loss}`,
    verdict: ({ engine, type, equal, difference, tolerance }) =>
      `${engine}（${type}）：${equal ? "相等" : "不相等"}，最大相对差 ${difference}（容差 ${tolerance}）`,
    comparison: ({ window, examples, difference, parameter }) =>
      `  ${window} 与一个 ${examples} 个样本的批次相比：${difference}，在 ${parameter} 处`,
    mixing: (layer) => `${layer} 使微批次内的样本相互混合：在那里任何梯度累积都不能重现大批次`,
    dropout:
      "比较时已关闭 dropout：训练中 dropout 生效时，每个微批次各取各的掩码，梯度累积只在平均意义上给出大批次的梯度",
  },
  evaluate: {
    labelled: "标签 \\ 预测",
    predictedAs: (label) => `标签 ${label}，预测为`,
    loss: (loss, value) => `损失 ${value}（${loss}）`,
    checkpoint: ({ epoch, step }) => `权重取自第 ${epoch} 轮、第 ${step} 步`,
    averaged: "权重为该运行的权重平均",
    validationOnly: (data) => `${data} 中训练时留作验证的部分；其他数据用 --data`,
  },
  predict: {
    written: (out, examples, columns) => {
      const more = columns.length > 6 ? ` 等 ${columns.length} 列` : "";
      return `${out}：${examples} 个样本，${columns.slice(0, 6).join("、")}${more}`;
    },
  },
  doctor: {
    node: "Node",
    platform: "平台",
    processors: "处理器数",
    memoryGibibytes: "内存（GiB）",
    trainingUses: "训练使用",
    engine: (name) => `引擎 ${name}`,
    none: "无",
  },
  models: {
    model: "模型",
    parameters: "参数个数",
    example: "单个样本",
    classes: "类别数",
    layer: "层",
    operator: "算子",
    output: "输出",
    total: "合计",
    file: "文件",
  },
  runs: {
    columns: {
      run: "运行",
      status: "状态",
      name: "名称",
      model: "模型",
      data: "数据",
      batch: "批次大小",
      rate: "学习率",
      epochs: "轮数",
      steps: "步数",
      loss: "最佳损失",
      accuracy: "准确率",
      time: "用时",
      memory: "内存",
      noise: "噪声尺度",
      tags: "标签",
      study: "研究",
      description: "说明",
    },
    statuses: statusesChinese,
    answer: {
      between: "",
      count: (runs) => `共 ${runs} 次运行。`,
      accuracy: (share) => `验证准确率 ${share}`,
      loss: (value) => `验证损失 ${value}`,
      only: ({ id, data, score }) => `${data} 上的 ${id}：${score}。`,
      best: ({ id, data, score, among }) => `${data} 上的 ${among} 次中，${id} 最好：${score}。`,
      highest: ({ id, data, score, among, labels, others }) =>
        `${data} 上的 ${among} 次中，${id} 最高：${score}。${labels === null ? "现有记录" : `${labels} 个标签`}不足以把它与另外 ${others} 次区分开。`,
      lowest: ({ id, data, score, among }) => `${data} 上的 ${among} 次中，${id} 最低：${score}。`,
      equal: ({ id, data, score, among, asGood }) =>
        asGood === among
          ? `${data} 上的 ${among} 次结果相同：${score}，例如 ${id}。`
          : `${data} 上的 ${among} 次中，${asGood} 次并列最好：${score}，例如 ${id}。`,
      running: (runs) => `${runs} 次仍在进行。`,
      lost: (runs, id) =>
        `${runs} 次已失联；\`batchscope train --resume ${id}\` 可继续${runs === 1 ? "" : "其中一次"}。`,
    },
    hiddenTrials: (count) => `另有研究的 ${count} 次试验未列出；--study all 全部列出，--study 名称 只列出一个研究的`,
    noRoom: (columns) => `放不下：${columns}；可用 --columns 选择，更宽的终端会全部显示`,
    noRuns: "没有运行；用 `batchscope train` 开始一次，或给出 --dir",
    noneAlike: "没有符合条件的运行",
    path: "路径",
    oneSeed: "每个只是一个种子的一次运行：用相同的选项运行 `batchscope compare`，可知偶然性有多大，并画在一起比较",
    stands: (status, why, came) =>
      [why === null ? status : `${status}：${why}`, ...(came === null ? [] : [came])].join("；"),
    started: "开始",
    times: (started, ended, resumed) => `${started}，结束 ${ended}${resumed === 0 ? "" : `，续训 ${resumed} 次`}`,
    trained: "已训练",
    length: ({ epochs, steps, examples }) => `${epochs} 轮，${steps} 步，${examples} 个样本`,
    cost: (length, time, memory) =>
      [length, ...(time === null ? [] : [`用时 ${time}`]), ...(memory === null ? [] : [`峰值内存 ${memory}`])].join(
        "，",
      ),
    cameTo: (loss, accuracy) => `最佳验证损失 ${loss}${accuracy === null ? "" : `，准确率 ${accuracy}`}`,
    inEpoch: (came, epoch) => `${came}，第 ${epoch} 轮`,
    atStep: (came, step) => `${came}，第 ${step} 步`,
    modelOn: (model, data) => `${model}，数据 ${data}`,
    updates: ({ examples, rate, optimizer }) => `每次更新 ${examples} 个样本，${optimizer}，学习率 ${rate}`,
    options: "选项",
    otherwise: (flags) => `${flags === "" ? "" : `${flags}；`}其余为默认值（全部见 config.yaml）`,
    checkpoints: "检查点",
    none: "无",
    checkpoint: ({ epoch, step, size, best, last }) => {
      const marks = [...(best ? ["最佳"] : []), ...(last ? ["最后"] : [])];
      return `第 ${epoch} 轮，第 ${step} 步：${size}${marks.length > 0 ? `（${marks.join("、")}）` : ""}`;
    },
    indexed: (runs, directory, leftOut) =>
      `已为 ${directory} 中的 ${runs} 次运行建立索引${leftOut > 0 ? `，略去 ${leftOut} 次` : ""}`,
    otherId: (file, name, id) => `${file}："id" 应为文件夹名 ${name}，实为 ${id}；该运行以文件夹名为准`,
    leftOut: (message) => `略去：${errorInWords(message)}`,
    passedOver: (message) => `跳过：${errorInWords(message)}`,
  },
  studies: {
    columns: { study: "研究", kind: "种类", arms: "组", seeds: "种子", trials: "试验", begun: "开始" },
    kinds: {
      comparison: "比较",
      "source-003": "source-003",
      judgement: "评判",
      "critical-batch": "临界批次",
      recommend: "批次建议",
      "lr-exponent": "学习率指数",
      sweep: "搜索",
    },
    none: "没有研究；用 `batchscope compare` 或 `batchscope judge` 开始一个，或给出 --dir",
    counts: (trials, running) =>
      `${Object.entries(trials)
        .map(([state, count]) => `${count} 次${trialStates[state] ?? state}`)
        .join("，")}${running ? "（正在训练）" : ""}`,
    trialsOf: (counts) => `试验：${counts}`,
  },
  housekeeping: {
    stays: (path, names) => `${path}：不属于该运行，因此保留：${names}`,
    damaged: (message) => `已损坏：${errorInWords(message)}`,
    removed: (run, size) => `已删除 ${run}：${size}，在 runs gc 清空之前留在回收站`,
    bringBack: (command) => `恢复命令：${command}`,
    restored: (run, removedAt) => `已恢复 ${run}，删除于 ${removedAt}`,
    trashIsEmpty: (directory) => `${directory}：回收站为空`,
    inTrash: (run, removedAt) => `${run}  删除于 ${removedAt}`,
    counted: {
      checkpoints: (count) => `${count} 个检查点`,
      unfinishedAnalyses: (count) => `${count} 份未完成的分析`,
      halfWrittenFiles: (count) => `${count} 个没有写完的文件`,
    },
    separator: "，",
    freedOf: (run, removed, size) => `${run}：${removed}，${size}`,
    trash: (runs, size) => `回收站：${runs} 次运行，${size}`,
    freed: (size, runs) => `在 ${runs} 次运行中释放 ${size}`,
    leftAlone: (message) => `保持原样：${errorInWords(message)}`,
    inUse: (run) => `保持原样：${run} 正在使用`,
    linked: (run) => `检查点保持原样：${run} 的检查点在链接所指之处`,
  },
  plan: {
    model: "模型",
    data: "数据",
    updates: "更新",
    parameters: (model, count) => `${model}，${count} 个参数`,
    examples: (name, train, validation) => `${name}，训练样本 ${train} 个，验证样本 ${validation} 个`,
    count: (ofEpoch, all) => `每轮 ${ofEpoch} 次，共 ${all} 次`,
    countAtFirst: (ofEpoch, all) => `批次若始终如初，每轮 ${ofEpoch} 次，共 ${all} 次`,
    nothing: "没有训练，也没有写入任何文件",
    tried: ({ losses, validationLoss, bytes }) =>
      `两次更新，损失为 ${losses.join(" 和 ")}，验证损失 ${validationLoss}，检查点 ${bytes} 字节，续训后逐位相同；没有写入运行`,
  },
  export: {
    records: (count, run) => `${run} 的 ${count} 条记录`,
    model: (file, run, from) => `${run} 的 ${file}，${from}`,
    averaged: "取权重的平均",
    after: (step, epoch) => `第 ${step} 步之后，第 ${epoch} 轮`,
  },
  gradients: {
    goingOn: (path) => `从 ${path} 继续`,
    layersLeftOut: (layers) => `${layers} 个层不能分开：它们的内积所需内存超过 --memory-budget`,
    columns: ({ name, percent, total, left }) => `${name}：${total} 列中的 ${percent} %，还需 ${left}`,
    notKept: (path, why) => `已完成的部分不能保存在 ${path}：${errorInWords(why)}`,
  },
  inspection: {
    report: (path) => `报告：${path}`,
    reading: "逐个读取所有样本",
    comparing: "判断标签，查找重复样本",
    planned: ({ folds, model, epochs, batchSize, examples }) =>
      `训练 ${folds} 次 ${model}，每次 ${epochs} 轮，批次大小 ${batchSize}，用 ${examples} 个样本的 ${folds - 1}/${folds}`,
    left: (percent, time) => `已训练 ${percent} %，大约还需 ${time}`,
    seconds: (seconds) => `${seconds} 秒`,
    minutes: (minutes) => `${minutes} 分钟`,
  },
  analysis: {
    stopped: {
      resolved: (rows) => `抽取了 ${rows} 个批次，噪声尺度的区间两端相差不到一倍。`,
      time: (rows) => `抽取了 ${rows} 个批次：一分钟不够再抽一倍。`,
      data: (rows) => `抽取了 ${rows} 个批次，数据仅有这些。`,
      most: (rows) => `抽取了 ${rows} 个批次，未另行指定时以此为限。`,
      memory: (rows) => `抽取了 ${rows} 个批次：更多则超出内存预算。`,
    },
    further: (command) => `继续测量：\`${command}\``,
    smaller: ({ own, batchSize }) =>
      `数据不足两个 ${own} 样本的批次（即一次更新的批次）：改为测量 ${batchSize} 样本的批次`,
    measured: ({ epoch, rows, batchSize, done, all }) =>
      `第 ${epoch} 轮：${rows} 个梯度，各 ${batchSize} 个样本（${done}/${all}）`,
    dataChanged: (run) => `${run} 的数据在训练之后已经改变：它的梯度是在别的数据上测得的`,
    noChineseFont: "没有找到中文字体，因此 PNG 图片保留英文；请安装一种，例如在 Debian 上：apt install fonts-noto-cjk",
  },
  stopping: {
    update: "完成这次更新后停止",
    updateKeepsNothing: "完成这次更新后停止，不保留任何结果",
    trial: "正在停止这次试验，不保留任何结果",
    updates: "完成正在进行的更新后停止，不保留任何结果",
    columns: "完成这一块列之后停止，已有的和予以保留",
    rows: "完成这一块小批次之后停止，已测得的予以保留",
    pass: "完成这批样本后停止，这个检查点的结果不保留",
    asked: (stopping) => `${stopping}；再按一次立即停止`,
    told: (signal, stopping) => `${signal}：${stopping}`,
  },
  about: (name, english) => about.get(name) ?? english,
};
