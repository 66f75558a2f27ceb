/** What errors of commands say in Chinese, by what they say in English: see `ErrorLines`. */
export const commandsErrors: Readonly<Record<string, string>> = {
  "{0}: expected a run or an .onnx file first, got {1}; name it":
    "{0}：应先给出运行或 .onnx 文件，实际为 {1}；请写出它",
  "{0}: expected options as an object, got {1}; write { model, data }":
    "{0}：选项应为对象，实际为 {1}；请写成 { model, data }",
  '{0}: expected a known option, got "{1}"{2}': "{0}：应为已知的选项，实际为“{1}”{2*}",
  "{0}: expected the name of a model or an .onnx file, got {1}; write it":
    "{0}：应为模型的名称或 .onnx 文件，实际为 {1}；请写出它",
  "{0}: expected data by name or path, or a data set, got {1}; pass one":
    "{0}：应为数据的名称或路径，或数据集，实际为 {1}；请传入一个",
  "writeReport: expected a file as out, got the folder {0}; name a file in it":
    "writeReport：out 应为文件，实际为文件夹 {0}；请写其中的一个文件名",
  "--dataset-size: expected --gradients beside it, got a run, which knows its data; leave it out":
    "--dataset-size：应与 --gradients 一起给出，实际为运行，它知道自己的数据；请去掉它",
  "{0}: expected --gradients beside it, got a run, which has --products; leave it out":
    "{0}：应与 --gradients 一起给出，实际为运行，它有 --products；请去掉它",
  "{0}: expected a run, whose examples are known, got gradients alone; leave it out":
    "{0}：应为运行，其样本是已知的，实际只有梯度；请去掉它",
  "--gram: expected it alone, got --gradients too; the Gram is all that is read of gradients":
    "--gram：应单独给出，实际还有 --gradients；梯度中要读的只有 Gram 矩阵",
  "--products: expected --sketch beside it for a file of gradients, got none; pass --sketch 4096":
    "--products：对梯度文件应与 --sketch 一起给出，实际没有；请传入 --sketch 4096",
  "--batch-size: expected the examples behind each row of --gradients, got nothing; pass --batch-size":
    "--batch-size：应给出 --gradients 每一行的样本数，实际没有；请传入 --batch-size",
  "--batch-size: expected what {0} says of each row, got {1} where it says {2}; leave it out":
    "--batch-size：应与 {0} 对每一行所说的相同，实际为 {1}，而那里为 {2}；请去掉它",
  '--products: expected one of {0}, got "{1}"; change it': "--products：应为 {0} 之一，实际为“{1}”；请更改",
  '--embedding: expected some of {0}, got "{1}"; change it': "--embedding：应为 {0} 中的几个，实际为“{1}”；请更改",
  '--perplexity: expected numbers of at least 1, as 5,15,30, got "{0}"; change it':
    "--perplexity：应为至少 1 的数，如 5,15,30，实际为“{0}”；请更改",
  '--data: expected the data that "{0}" is for, got nothing; pass --data, or an .onnx file as --model':
    "--data：应有“{0}”所用的数据，实际没有；请传入 --data，或以 .onnx 文件为 --model",
  "doctor: expected one engine to load, got none; reinstall batchscope on a supported platform":
    "doctor：应能载入一个引擎，实际没有；请在支持的平台上重新安装 batchscope",
  "--checkpoint: expected --format onnx beside it, got {0}, which has every step; leave it out":
    "--checkpoint：应与 --format onnx 一起给出，实际 {0} 包含每一步；请去掉它",
  "{0}: expected a file with a K × K matrix, got a folder; pass it to --gradients":
    "{0}：应为存放 K × K 矩阵的文件，实际为文件夹；请把它传给 --gradients",
  "{0}: expected one floating-point matrix [K, K] with K ≥ 2, got {1}; save G @ G.T":
    "{0}：应为一个浮点矩阵 [K, K]，K ≥ 2，实际为 {1*}；请保存 G @ G.T",
  "{0}: expected counts of {1} rows as whole numbers, got {2} numbers; count the examples of each":
    "{0}：{1} 行的计数应为整数，实际有 {2} 个数；请计每行的样本数",
  "{0}: expected inner products of rows, got {1} and {2} at ({3}, {4}) and ({5}, {6}) beside squared lengths {7} and {8}; save G @ G.T, or pass the rows to --gradients":
    "{0}：应为各行的内积，实际 ({3}, {4}) 与 ({5}, {6}) 处为 {1} 和 {2}，而长度的平方为 {7} 和 {8}；请保存 G @ G.T，或把各行传给 --gradients",
  '--out: expected a file .safetensors or .npz, got "{0}"; change its ending':
    "--out：应为 .safetensors 或 .npz 文件，实际为“{0}”；请更改其扩展名",
  '--out: expected a file that ends in .html, got "{0}"; name one':
    "--out：应为以 .html 结尾的文件，实际为“{0}”；请给出一个",
  "--log: expected a log in place of a run, got the run {0} too; leave one of them out":
    "--log：应以记录代替运行，实际还给出了运行 {0}；请去掉其中之一",
  "--seconds: expected a number of seconds above 0, got {0}; change it":
    "--seconds：应为大于 0 的秒数，实际为 {0}；请更改",
  '--fail-on: expected kinds of findings, got "{0}"{1}': "--fail-on：应为所见的种类，实际为“{0}”{1*}",
  "{0}: expected --figures with it, got none; name the folder of the figures":
    "{0}：应与 --figures 合用，实际没有；请给出图的文件夹",
  '--figure-size: expected pixels of width and height between {0} and {1}, got "{2}"; write 1920x1080':
    "--figure-size：应为 {0} 至 {1} 之间的宽与高（像素），实际为“{2}”；请写成 1920x1080",
  "--out: expected a run folder that can be written where it is left out, got {0} ({1}); pass it":
    "--out：省略时运行的目录应可写，实际 {0} 不可写（{1}）；请传入它",
  '--out: expected a file .html for a page, or .npy for the inner products, got "{0}"; change its ending, or pass --json for numbers':
    "--out：页面应写入 .html 文件，内积应写入 .npy 文件，实际为“{0}”；请更改其扩展名，要数值则传入 --json",
  '--out: expected a file that ends in .html, got "{0}"; rename it, or pass --json for data':
    "--out：文件名应以 .html 结尾，实际为“{0}”；请改名，要数据则传入 --json",
  '--columns: expected some of {0}, got {1}; did you mean "{2}"?':
    "--columns：应为 {0} 中的几个，实际为 {1}；您是否要写“{2}”？",
  "--columns: expected some of {0}, got {1}; change it": "--columns：应为 {0} 中的几个，实际为 {1}；请更改",
  '--sweep: expected one of {0}, got "{1}"; choose one of them': "--sweep：应为 {0} 之一，实际为“{1}”；请选择其中之一",
  "{0}: expected an .onnx file, got a run, whose record says it; leave it out":
    "{0}：应为 .onnx 文件，实际为运行，其记录已经写明；请去掉它",
  '--optimizer: expected {0}, got "{1}"{2}': "--optimizer：应为{0*}，实际为“{1}”{2*}",
  "{0}: expected the optimizer {1}, got {2}; leave it out": "{0}：应与优化器 {1*} 一起使用，实际为 {2*}；请去掉它",
  '{0}: expected {1}, got "{2}"; change it or leave it out': "{0}：应为{1*}，实际为“{2}”；请更改或去掉",
  '--out: expected a file .csv or .npz, got "{0}"; change its ending':
    "--out：应为 .csv 或 .npz 文件，实际为“{0}”；请更改其扩展名",
  "profile: expected a batch size that can be measured, got {0}; allow more memory, take smaller sizes, or see what train says":
    "profile：应有可以测量的批次大小，实际为{0*}；请放宽内存，取较小的，或看 train 怎么说",
  "runs rm: expected runs of no study, got {0}, a trial of the study {1}, which would train it again; keep it, or add --force":
    "runs rm：应为不属于任何研究的运行，实际 {0} 是研究 {1} 的试验，该研究会重新训练它；请保留它，或加 --force",
  "runs rm: expected runs that have ended, got {0}, running as process {1} on {2}; stop it first":
    "runs rm：应为已经结束的运行，实际 {0} 正在 {2} 上以进程 {1} 运行；请先停止它",
  "runs reindex: expected a store, got no folder {0}; pass --dir":
    "runs reindex：应有运行库，实际没有文件夹 {0}；请传入 --dir",
  "--subset: expected data that have subsets, got {0} without; leave --subset out":
    "--subset：应为有子集的数据，实际 {0} 没有；请去掉 --subset",
  "verify: expected at most the {0} examples of {1}, got {2} × {3}; lower --batch-size":
    "verify：应至多用 {1} 的 {0} 个样本，实际为 {2} × {3}；请减小 --batch-size",
  "{0}: expected the name of a file, got the folder {1}; add a name to it":
    "{0}：应为文件的名称，实际为文件夹 {1}；请在后面加上文件名",
  '{0}: expected the name of a new file, got "{1}"; write for example result.bin':
    "{0}：应为新文件的名称，实际为“{1}”；例如写成 result.bin",
  '{0}: expected the name of a new folder, got ""; write for example results':
    '{0}：应为新文件夹的名称，实际为 ""；例如写成 results',
  "{0}: expected a new or empty folder, got {1} {2}; choose another or remove it":
    "{0}：应为新的或空的文件夹，实际为 {1}，{2*}；请选择别的，或移走它",
  "{0}: expected a new file, got {1}, {2}; choose another or remove it":
    "{0}：应为新的文件，实际为 {1}，{2*}；请选择别的，或移走它",
  "{0}: expected a place outside of what is read, got {1} in {2}; choose another":
    "{0}：应在所读内容之外，实际为 {2} 中的 {1}；请选择别的",
  "{0}: expected a place outside of runs, which keep their own records, got {1} in {2}; choose another":
    "{0}：应在运行之外，因为运行只存放自己的记录，实际为 {2} 中的 {1}；请选择别的",
  "{0}: expected a run in {1}, got none; {2}": "{0}：{1} 中应有运行，实际没有；请{2*}",
  "analyze: expected checkpoints of the run {0}, got none; choose another or train it on":
    "analyze：运行 {0} 应有检查点，实际没有；请选择别的，或继续训练它",
  "{0}: expected {1}, got {2}; change it or leave it out": "{0}：应为{1*}，实际为 {2}；请更改或去掉",
  "{0}: expected {1}, got {2}, and {3}; give for example {4}": "{0}：应给出 {1*}，却没有，而且{3*}；例如 {4}",
  "{0}: expected {1}, got {2}, and {3}; pass {4}": "{0}：应给出 {1*}，却没有，而且{3*}；请给出",
  "{0}: expected a run that stays, got one that is being removed; choose another":
    "{0}：应为保留着的运行，实际正在被移走；请选择别的",
  "{0}: expected a place that can be written, got {1} ({2}); choose another":
    "{0}：应为可以写入的位置，实际为 {1}（{2}）；请选择别的",
  "{0}: expected data as a path, a name, a data set or rows, got {1}; pass one, or leave it out":
    "{0}：数据应为路径、名称、数据集或各行，实际为 {1}；请传入一个，或去掉它",
};
