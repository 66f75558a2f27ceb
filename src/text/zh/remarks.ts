import type { DataNote, SplitRule } from "../../data/notes.ts";
import type { RunRemark } from "../../store/findings.ts";
import { option } from "../../tensor/errors.ts";
import { errorInWords } from "../errorWords.ts";
import { percent } from "../format.ts";
import type { Words } from "../words.ts";
import { said } from "../words.ts";
import { notesChinese } from "./notes.ts";
import { batchSchedulesChinese, scalingChinese } from "./scaling.ts";

const BITS = "此后数字的最后几位可能不同";

const givers = { files: "文件", arrays: "数组", folders: "文件夹" } as const;
const unit = { rows: "行", examples: "个样本", images: "张图像", windows: "个窗口" } as const;
const lack = ({ lacking }: { readonly lacking: boolean }) => (lacking ? "；并非每个类别两边都有" : "");

const splits: Words<SplitRule> = {
  given: ({ by }) => `按${givers[by]}所给`,
  random: ({ stratified, seed }) => `随机${stratified ? "，按类别分层" : ""}，种子 ${seed}`,
  groups: ({ column, seed }) => `“${column}”的整组，种子 ${seed}`,
  lastBlock: ({ gap }) => `最后一段，其前略去 ${gap} 个`,
  wholeSeries: ({ column, seed, ...rest }) =>
    `整条序列${column === null ? "" : `，按“${column}”`}，种子 ${seed}${lack(rest)}`,
  seriesBlock: ({ block, blocks, gap, ...rest }) =>
    `每条序列的${block === null ? "末尾" : `第 ${block} 段（共 ${blocks} 段）`}，两旁略去 ${gap} 个读数${lack(rest)}`,
};

/** So many names are shown at most. */
const MOST = 10;

function someOf(names: readonly string[]): string {
  const more = names.length - MOST;
  return `${names.slice(0, MOST).join("、")}${more > 0 ? ` 等另外 ${more} 个` : ""}`;
}

const leavesOut = (droppable: boolean) => (droppable ? `；可用 ${option("drop")} 略去` : "");
const andMore = (names: readonly string[], more: number) =>
  `${names.join("、")}${more > 0 ? `以及另外 ${more} 列` : ""}`;

const ofData: Words<DataNote> = {
  table: ({ file, target, classes, probabilities, features, inputs, categories }) =>
    `${file}：目标“${target}”（${classes !== null ? `${classes} 个类别` : probabilities ? "概率，保持原样" : "数值，已标准化"}），${features} 个特征作为 ${inputs} 个输入，按训练行标准化` +
    (categories.length > 0 ? `，独热编码：${categories.join("、")}` : ""),
  arrays: ({ file, inputs, classes }) =>
    `${file}：${inputs.map((one) => `“${one.name}” ${one.type}[${one.shape.join(", ")}]${one.images ? "（图像）" : ""}`).join("、")}，` +
    `目标“y”（${classes === null ? "数值" : `${classes} 个类别`}）`,
  images: ({ folder, colour, deep, height, width, classes }) =>
    `${folder}：${colour ? "彩色" : "灰度"}图像，${deep ? "16 位，" : ""}${height} × ${width} 像素，${classes.length} 个类别：${someOf(classes)}`,
  series: ({ file, series, features, length, stride, fields, target, classes }) =>
    `${file}：${series} 条序列，通道 ${features.join("、")}；窗口含 ${length} 个读数，间隔 ${stride}${fields ? "，变为格拉姆角场" : ""}；目标“${target}”（` +
    (classes === null
      ? "数值，取最后一个读数）"
      : `${classes.count} 个类别，规则 ${classes.rule}${classes.normal === null ? "" : `，“${classes.normal}”表示没有`}）`),
  parts: ({ of, train, validation, split }) =>
    `训练 ${train} ${unit[of]}，验证 ${validation} ${unit[of]}（${said(split, splits)}）`,
  rowNumbers: ({ columns }) => `略去 ${columns.join("、")}：它只是行号或行名；写入 ${option("features")} 可作为特征`,
  dateTexts: ({ columns, example }) =>
    `略去 ${columns.join("、")}：“${example}”这样的日期在新数据中总是新的；可把月份、星期或天数写成单独的列，或用 ${option("features")} 保留`,
  ownTexts: ({ columns, example, quantities }) =>
    `略去 ${columns.join("、")}：“${example}”这样的文本几乎每行各不相同，新数据中不会再出现；可用 ${option("features")} 保留${quantities ? "；若是数量，请写成数" : ""}`,
  unseenCategories: ({ columns, rows, of }) =>
    `验证的 ${of} 行中有 ${rows} 行的 ${columns.join("、")} 是训练行中没有的类别：模型对它一无所知`,
  ascending: ({ columns, more, droppable }) =>
    `${andMore(columns, more)} 像行号一样随行递增或递减：若各行按类别排列，它会泄露类别${leavesOut(droppable)}`,
  identifying: ({ columns, more, droppable }) =>
    `${andMore(columns, more)} 按数量读入，但看起来只是编号${leavesOut(droppable)}`,
  telling: ({ columns, more, droppable, target }) =>
    `在每一行中，单凭 ${andMore(columns, more)} 就能得出“${target}”：是否只是换了写法？${droppable ? `可用 ${option("drop")} 略去` : ""}`,
  coarse: ({ columns, more, share }) =>
    `${andMore(columns, more)}：float32 的舍入达标准差的 ${percent(share)}；请减去均值、除以标准差后再保存`,
  wholeTargets: ({ target, values }) =>
    `“${target}”中只有整数 ${values.join("、")}，按数值预测；若是类别，请用 ${option("task")} classification`,
  manyClasses: ({ target, classes, examples }) =>
    `“${target}”的 ${examples} 个样本中有 ${classes} 个不同的整数，各为一个类别；若是数量，请用 ${option("task")} regression`,
  constantTarget: ({ target, value }) => `目标“${target}”在所有训练样本中都是 ${value}：没有可学的东西`,
  spelling: ({ columns, decimal, group, unit }) =>
    `${columns.join("、")}：按数值读入` +
    [
      ...(decimal === "," ? ["小数点为逗号"] : []),
      ...(group === null ? [] : [`千位之间为 ${JSON.stringify(group)}`]),
      ...(unit === "" ? [] : [`单位 ${unit}`]),
    ]
      .map((part) => `，${part}`)
      .join(""),
  numbersAsTexts: ({ column, texts: [first, second] }) =>
    `“${column}”像是写法不一的数值（${JSON.stringify(first)}、${JSON.stringify(second)}）：按文本读入；若是数值，请统一写法`,
  roundedNumbers: ({ columns }) =>
    `${columns.join("、")}：大于 2^53 的整数，作为量时舍入到 53 位；只是标识的列可用 ${option("drop")} 去掉`,
  codes: ({ column, text, categories }) =>
    categories
      ? `“${column}”中是 ${text} 之类的编码：按文本读取`
      : `“${column}”中是 ${text} 之类的数，按数值读取；若是编码，可用 ${option("drop")} 略去`,
  quantitiesAsTexts: ({ column, texts, inputs }) =>
    `“${column}”中是 ${texts.join("、")} 之类的文本，各占 ${inputs} 个输入之一：若是数量，请写成数`,
  similarNames: ({ column, names }) => `“${column}”中的 ${names.join("、")} 按不同的值读取：若是同一个，请写成一样`,
  filledCells: ({ numbers, categories }) =>
    [
      ...(numbers.cells > 0 ? [`${numbers.columns} 列中的 ${numbers.cells} 个缺失值以训练均值代替`] : []),
      ...(categories.cells > 0 ? [`${categories.columns} 个类别列中的 ${categories.cells} 个缺失值不属任何类别`] : []),
    ].join("；"),
  missingRows: ({ rows }) => `略去 ${rows} 行，其中有缺失值`,
  missingReadings: ({ readings }) => `略去 ${readings} 个有缺失值的读数；序列在那里断开`,
  transparentImages: ({ images }) => `${images} 张图像带有透明通道：以白色为底`,
  leftOut: ({ folder, files, folders }) =>
    `${folder}：未读入：${someOf([
      ...files.map(([ending, count]) => `${count} 个 ${ending || "无扩展名的"}文件`),
      ...(folders > 0 ? [`${folders} 个文件夹`] : []),
    ])}`,
  missingParts: ({ names, more, there, of }) =>
    of === null
      ? `按其余 ${there} 个分片的编号，缺少 ${andMore(names, more)}；若它们本来是空的，就什么也没缺`
      : `${of} 个分片中只有 ${there} 个，只使用它们的行；缺少：${andMore(names, more)}`,
  folderColumns: ({ columns }) => `${columns.join("、")}：取自文件夹的名称`,
  absentClasses: ({ classes }) => `没有训练样本属于类别 ${classes.join("、")}`,
  numberedLabels: ({ labels, classes, mark }) =>
    `标签 ${labels.join("、")} 是 ${classes} 个类别，按出现的值编号` +
    (mark === null ? "" : `；若 ${mark} 表示没有标签，请传入 ${option("ignoreIndex")} ${mark}`),
  unlabelled: ({ label, labels, of }) => `${of} 个标签中有 ${labels} 个是 ${label}，表示没有标签：不计入损失和准确率`,
  tableOnDisk: () => `数据大于 ${option("dataMemory")}，留在磁盘上`,
  arraysOnDisk: () => `大于 ${option("dataMemory")} 的数组留在磁盘上；没有查找重复`,
  duplicates: ({ of, duplicates, validation, pair: [first, second] }) =>
    of === "rows"
      ? `验证的 ${validation} 行中有 ${duplicates} 行的特征与某个训练行相同（例如第 ${first} 行与第 ${second} 行）：它们无法衡量泛化能力`
      : `验证的 ${validation} ${unit[of]}中有 ${duplicates} ${unit[of]}也在训练中（例如 ${first} 与 ${second}）：它们无法衡量泛化能力`,
  shortSeries: ({ length, names, more }) =>
    `${names.join("、")}${more > 0 ? `以及另外 ${more} 条` : ""}中没有 ${length} 个读数的窗口`,
  timeColumn: ({ column }) => `“${column}”表示时间，不作为量；若它是量，请写入 ${option("features")}`,
  sortedRows: ({ rows, column }) => `${rows} 行排在“${column}”更晚的行之后：已按它排序`,
  repeatedTimes: ({ readings, column }) => `${readings} 个读数的“${column}”与序列中前一个相同；全部保留`,
  timeGaps: ({ column, steps, usualStep, inSeconds, largest, cut }) => {
    const seconds = inSeconds ? " 秒" : "";
    return (
      `“${column}”有 ${steps} 步超过通常 ${usualStep}${seconds}的两倍，最大的一步为 ${largest.step}${seconds}，在 ${largest.series} 的 ${largest.after} 之后` +
      (cut ? "" : `；窗口会跨过那里，${option("seriesGap")} 可在那里断开`)
    );
  },
};

const ofRun: Words<RunRemark> = {
  loss: ({ loss }) => `损失函数：${loss}`,
  emulatedFloat16: () =>
    "float16 是模拟的：乘积舍入到 float16，再以 float32 计算；它显示混合精度的数值，而不是其速度或内存",
  overfit: ({ microBatches, examples }) =>
    `背下 ${microBatches} 个微批次：损失和准确率，包括称作验证的，都在同样的 ${examples} 个训练样本上`,
  oneClass: ({ name }) => `所有训练样本都属于类别 ${name}：学不到区分类别的东西`,
  outputs: ({ model, trained, others, untrained }) =>
    `${model}：其输出中训练的是“${trained}”，不训练 ${others.map((name) => `“${name}”`).join("、")}` +
    `${untrained.length === 0 ? "" : `，也不训练只有它们读取的 ${untrained.join("、")}`}；可用 ${option("output")} 选择其他输出`,
  moreOutputs: ({ model, outputs, classes }) =>
    `${model} 有 ${outputs} 个输出，而类别只有 ${classes} 个：多出的输出学到的是不属于任何类别`,
  foldedNormalisation: ({ layers }) =>
    `模型是为推理导出的：批归一化已并入 ${layers} 个卷积，dropout（若有）已去掉；要连同它们一起训练，请用 training=torch.onnx.TrainingMode.TRAINING 导出`,
  zeroWeights: ({ weights, zero, of }) =>
    `${of} 个权重中有 ${zero} 个全为零（${weights.join("、")}${zero > weights.length ? "……" : ""}）：在它们改变之前，其下的层学不到东西，起初相同的单元也一直相同`,
  loneExamples: ({ layers, single, always }) =>
    `批归一化在${always ? "每个微批次" : "每轮最后一个微批次"}中只看到一个样本，涉及 ${layers} 层` +
    (single > 0 ? `，其中 ${single} 层每个通道只有一个值，除平移外什么也不输出` : "") +
    (always ? `：请增大 ${option("batchSize")}` : `：请选择能留下更多样本的 ${option("batchSize")}`),
  runningVariance: ({ rule }) =>
    rule === "unbiased"
      ? "批归一化：滑动方差取 n 个值的微批次方差的 n/(n − 1) 倍，与写出该文件的 PyTorch 相同"
      : "批归一化：滑动方差取微批次自身的方差，按 ONNX 的规定；PyTorch 写出的文件则取其 n/(n − 1) 倍",
  movedMomentum: ({ schedule, moved, optimizer }) =>
    `调度 ${schedule} 也改变 ${optimizer} 的 ${moved}；${option("cycleMomentum")} false 使它保持不变`,
  ...scalingChinese,
  ...batchSchedulesChinese,
  mixingLayers: ({ examples, layers }) =>
    `有些层混合微批次内的样本，梯度累积在那里不等于 ${examples} 个样本的批次：${layers.join("、")}`,
  copies: ({ workers, epochs, batchSize, learningRate }) =>
    `之后从那里训练 ${workers} 个副本，各 ${epochs} 轮，每次更新 ${batchSize} 个样本，学习率 ${learningRate}，再把权重平均`,
  firstExamples: ({ used, of }) => `只用 ${of} 个训练样本中的前 ${used} 个`,
  unlocked: () =>
    "存储所在的文件系统没有锁：只有 run.json 里的存活信号能阻止第二个进程使用此运行；同一时间只在一处继续它",
  lost: ({ run, loss }) => `${run} 曾丢失：${said(loss, notesChinese.loss)}`,
  damaged: ({ message }) => errorInWords(message),
  goingOn: ({ run, from }) =>
    from === null ? `从头继续 ${run}：没有检查点` : `从第 ${from.step} 步、第 ${from.epoch} 轮继续 ${run}`,
  divergedBefore: ({ run, rate }) =>
    `${run} 曾发散，从这里起同样的更新会再次发散：请以更小的 ${option("learningRate")}（现为 ${rate}）或加上 ${option("clipNorm")} 训练新的运行`,
  longWarmup: ({ warmup, updates, rate }) =>
    `${warmup} 次更新的预热在运行于第 ${updates} 次更新结束时尚未完成：学习率达不到 ${rate}；请减小 ${option("warmupSteps")}`,
  raised: ({ option, from, to }) => `${option} 由 ${from} 提高到 ${to}`,
  threadsChanged: ({ from, to }) => `threads 由 ${from} 改为 ${to}：${BITS}`,
  scheduleFollows: ({ schedule }) => `调度 ${schedule} 在取决于长度之处按新的长度变化：与一开始就这么长的运行不同`,
  versionChanged: ({ of, before, now }) =>
    `${of} 在运行开始时为 ${before}，现在${now === null ? "没有" : `为 ${now}`}：${BITS}`,
  noEnvironment: ({ path }) => `${path}：应有运行开始时的环境，却没有此文件；数据和版本以现在的为准`,
};

export const remarksChinese: Words<RunRemark | DataNote> = { ...ofData, ...ofRun };
