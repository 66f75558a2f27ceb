/** What errors of series and texts say in Chinese, by what they say in English: see `ErrorLines`. */
export const seriesErrors: Readonly<Record<string, string>> = {
  '{0}: expected the column "{1}", which tells its series apart, got none; add it, or name another with `seriesBy`':
    "{0}：应有区分各序列的列“{1}”，实际没有；请加入，或用 `seriesBy` 另指一列",
  '{0}: expected the column "{1}", which its readings are sorted by, got none; add it, or name another with `time`':
    "{0}：应有用于给读数排序的列“{1}”，实际没有；请加入，或用 `time` 另指一列",
  "{0}: expected one folder of series, got {1}; pass the path of one of them":
    "{0}：应为一个序列文件夹，实际有 {1}；请传入其中之一的路径",
  "{0}: expected a model of series, got one of other data; leave it out":
    "{0}：应为序列模型，实际是其他数据的模型；请去掉它",
  '{0}: expected arrays [T] or [T, quantities] of {1} readings, got "{2}" of [{3}]; save it so':
    "{0}：应为 {1} 个读数的数组 [T] 或 [T, 通道数]，实际“{2}”为 [{3}]；请这样保存",
  "segmentMeans: expected between 1 and {0} segments of a series of {1} values, got {2}; lower `fieldSize` or raise `windowLength`":
    "segmentMeans：{1} 个值的序列应分为 1 到 {0} 段，实际为 {2}；请减小 `fieldSize` 或增大 `windowLength`",
  "`missing`: expected refuse or drop for series, as a mean would be a jump in them, got mean; pass drop, which cuts the series there":
    "`missing`：对序列应为 refuse 或 drop，因为均值会造成跳变，实际为 mean；请传入 drop，它在那里断开序列",
  "`seriesGap`: expected `time` beside it, got none; name the column that says when":
    "`seriesGap`：应与 `time` 一起给出，实际没有；请写出表示时间的列",
  "`dataMemory`: expected at least {0} for the readings of {1}, as series are kept in memory, got {2}; raise it or leave columns out with `drop`":
    "`dataMemory`：序列都放在内存中，{1} 的读数应至少有 {0}，实际为 {2}；请增大它，或用 `drop` 略去一些列",
  "`fieldSize`, `fieldRange`: expected `fields` beside them, got none; pass it":
    "`fieldSize`、`fieldRange`：应与 `fields` 一起给出，实际没有；请加上它",
  "`windowLabel`: expected last for numbers to predict, got {0}; leave it out, or pass `task` classification":
    "`windowLabel`：预测数值时应为 last，实际为 {0}；请去掉它，或传入 `task` classification",
  "`windowLabel`: expected a class called 0 or normal for any, got {0}; use last or majority":
    "`windowLabel`：用 any 时应有一个叫 0 或 normal 的类别，实际为 {0}；请用 last 或 majority",
  '{0}: expected training windows of every class, got none of "{1}"; change `windowLength`, `windowStride` or `windowLabel`':
    "{0}：每个类别都应有训练窗口，实际“{1}”一个也没有；请更改 `windowLength`、`windowStride` 或 `windowLabel`",
  "{0}: expected series as tables .csv or .parquet or arrays .npz, .npy or .safetensors, or folders of them, got none; put them there":
    "{0}：应有序列，为 .csv 或 .parquet 表、.npz、.npy 或 .safetensors 数组，或存放它们的文件夹，实际没有；请把它们放到那里",
  "{0}: expected a subset, one of {1}, got none; pass `subset`":
    "{0}：应有子集，为 {1} 之一，实际没有给出；请传入 `subset`",
  '{0}: expected names of files that differ, got "{1}" twice; rename one':
    "{0}：各文件的名称应互不相同，实际“{1}”出现两次；请改其中一个",
  "{0}: expected series in a file .csv, .tsv, .parquet, .npz or .safetensors, got another; convert it":
    "{0}：序列应在 .csv、.tsv、.parquet、.npz 或 .safetensors 文件中，实际为别的；请转换它",
  '`splitBy`: expected at least 2 values of "{0}", got {1}; leave it out to validate on a block of readings':
    "`splitBy`：“{0}”应至少有 2 个值，实际为 {1}；去掉它则在一段读数上验证",
  "`validationSplit`: expected series that leave a window of {0} readings on both sides and {1} between them, got at most {2} readings; lower `windowLength` or change `validationSplit`":
    "`validationSplit`：序列在两边各应留下 {0} 个读数的窗口，中间隔 {1} 个，实际至多有 {2} 个读数；请减小 `windowLength` 或更改 `validationSplit`",
  "`ignoreIndex`: expected data of one label for each example, got series whose readings are labelled {0}; empty their cells and pass `missing` drop, which cuts the series there":
    "`ignoreIndex`：应为每个样本有一个标签的数据，实际为序列，其读数标有 {0}；请清空那些单元格并传入 `missing` drop，它在那里断开序列",
  '{0}: expected the column "{1}" as in {2}, got none; add it or leave it out with `drop`':
    "{0}：应与 {2} 一样有列“{1}”，实际没有；请加上它，或用 `drop` 略去",
  "{0}: expected rows, got none; check the file": "{0}：应有各行，实际没有；请检查该文件",
  '{0}: expected a value in "{1}", got none, as in {2} {3}; correct it, or pass `missing` drop, which cuts the series there':
    "{0}：“{1}”应有值，实际为空，{2} 行都是如此；请更正，或传入 `missing` drop，它在那里断开序列",
  '{0}: expected a number in "{1}", got {2}; correct it, name the column with `time` or `seriesBy`, or leave it out with `drop`':
    "{0}：“{1}”应为数值，实际为 {2}；请更正，或用 `time` 或 `seriesBy` 说明该列，或用 `drop` 略去",
  '{0}: expected a value in "{1}", got none; correct it': "{0*}：“{1}”应有值，实际为空；请更正",
  '`splitBy`: expected one value of "{0}" in each series, got "{1}" and "{2}" in {3} ({4}); split by another column':
    "`splitBy`：每条序列中“{0}”应只有一个值，实际 {3} 中有“{1}”和“{2}”（{4*}）；请按别的列划分",
  '{0}: expected "{1}" to ascend in the series {2}, got {3} after {4}; pass `time` {5} to sort by it, or `seriesBy` a column that tells series apart':
    "{0*}：“{1}”在序列 {2} 中应递增，实际 {4} 之后为 {3}；请传入 `time` {5} 以按它排序，或用 `seriesBy` 写出区分序列的列",
  '{0}: expected {1} in "{2}", got {3}; correct it': "{0*}：“{2}”应为{1*}，实际为 {3*}；请更正",
  "{0}: expected a whole number of at least 1, got {1}; change it": "{0}：应为至少 1 的整数，实际为 {1}；请更改",
  "windows: expected a series of at least {0} readings, got at most {1} in {2}; lower `windowLength`":
    "windows：序列应至少有 {0} 个读数，实际至多 {1} 个，在 {2} 中；请减小 `windowLength`",
  "windows: expected a series of at least {0} readings, got at most {1}; lower `windowLength`":
    "windows：序列应至少有 {0} 个读数，实际至多 {1} 个；请减小 `windowLength`",
  "`sequenceLength`: expected a whole number of at least 1, got {0}; change it":
    "`sequenceLength`：应为至少 1 的整数，实际为 {0}；请更改",
  "{0}: expected a text of at least {1} tokens, got {2}; use a longer text or lower `sequenceLength`":
    "{0}：文本应至少有 {1} 个词元，实际为 {2}；请用更长的文本，或减小 `sequenceLength`",
  "{0}: expected text in UTF-8, got {1}": "{0}：应为 UTF-8 文本，实际{1*}",
  "{0}: expected some text, got none; use another file": "{0}：应有文本，实际为空；请用别的文件",
  '`tokenizer`: expected one of {0}, got "{1}"{2}': "`tokenizer`：应为 {0} 之一，实际为“{1}”{2*}",
};
