/** What errors of data say in Chinese, by what they say in English: see `ErrorLines`. */
export const dataErrors: Readonly<Record<string, string>> = {
  "{0}: expected uint8[n, height, width], got {1}[{2}]; is it the image file?":
    "{0}：应为 uint8[n, 高, 宽]，实际为 {1}[{2}]；它是图像文件吗？",
  "{0}: expected uint8[n], got {1}[{2}]; is it the label file?":
    "{0}：应为 uint8[n]，实际为 {1}[{2}]；它是标签文件吗？",
  "{0}: expected {1} labels for the images of {2}, got {3}; use files that belong together":
    "{0}：{2} 的图像应有 {1} 个标签，实际为 {3}；请用属于一起的文件",
  "{0}: expected at least one image, got none; use a data set that is not empty":
    "{0}：应至少有一张图像，实际没有；请用不空的数据集",
  "{0}: expected labels {1}, got {2} at position {3}; check the file":
    "{0}：标签应{1*}，实际位置 {3} 处为 {2}；请检查该文件",
  "read: expected x of {0} and y of {1} elements, got {2} and {3}; pass arrays that fit the micro-batch":
    "read：x 应有 {0} 个元素，y 应有 {1} 个，实际为 {2} 和 {3}；请传入与微批次相符的数组",
  "read: expected indices below {0}, got {1}; sample from this data set's size":
    "read：下标应小于 {0}，实际为 {1}；请按此数据集的大小抽样",
  "limit: expected a whole number of at least 1 example, got {0}; raise `limitExamples`":
    "limit：应为至少 1 的整数个样本，实际为 {0}；请增大 `limitExamples`",
  "{0}: expected one target for each of the {1} examples, got {2}; give both for every example":
    "{0}：{1} 个样本应各有一个目标值，实际为 {2}；请为每个样本给出两者",
  "{0}: expected the task classification or regression, got {1}; choose one":
    "{0}：task 应为 classification 或 regression，实际为 {1}；请选择一个",
  "{0}: expected no classNames for numbers to predict, got some; leave them out or set task to classification":
    "{0}：预测数值时应没有 classNames，实际却给出了；请去掉，或把 task 设为 classification",
  "{0}: expected exampleShape with one flat array of numbers, got rows; leave it out":
    "{0}：应只在给出一个平铺的数组时给出 exampleShape，实际给出的是各行；请去掉它",
  "{0}: expected a flat array of {1} examples of one length, got {2} numbers{3}; check its length":
    "{0}：应为 {1} 个等长样本的平铺数组，实际有 {2} 个数{3*}；请检查其长度",
  "{0}: expected a label like {1} of example {2}, got {3}; give every example one":
    "{0}：标签应与样本 {2} 的 {1} 同类，实际为 {3}；请为每个样本给出一个",
  "{0}: expected a label among the {1} classNames, got {2} in example {3}; name every class":
    "{0}：标签应在 {1} 个 classNames 之中，实际样本 {3} 中为 {2}；请为每个类别命名",
  "{0}: expected {1} labels in target {2}, as the first has, got {3}; give one for each position":
    "{0}：目标 {2} 应与第一个一样有 {1} 个标签，实际为 {3}；请为每个位置给出一个",
  "{0}: expected a subset, one of {1}, got none; pass `subset`{2}":
    "{0}：应有子集，为 {1} 之一，实际没有给出；请传入 `subset`{2*}",
  '`augment`: expected each change once, got "{0}" twice; leave one out':
    "`augment`：每种变化应只写一次，实际“{0}”写了两次；请去掉一个",
  '`augment`: expected changes of {0} or standard, got "{1}"{2}':
    "`augment`：应为 {0} 或 standard 等变化，实际为“{1}”{2*}",
  '`augment`: expected {0} with {1}, got "{2}"; change it': "`augment`：{0} 应带有{1*}，实际为“{2}”；请更改",
  '`augment`: expected numbers to change, got tokens as the input "{0}" of {1}; leave it out':
    "`augment`：应有可改变的数值，实际 {1} 的输入“{0}”为词元；请去掉它",
  '`augment`: expected images for {0}, got "{1}" of [{2}] from {3}; use noise, or leave it out':
    "`augment`：{0} 应用于图像，实际 {3} 的“{1}”为 [{2}]；请用 noise，或去掉它",
  "{0}: expected images of {1} pixels as in {2}, got {3}; use files that belong together":
    "{0}：图像应与 {2} 一样为 {1} 像素，实际为 {3}；请用属于一起的文件",
  "{0}: expected {1}-idx{2}-ubyte (or .gz), got no such file; put all four files of the data set there":
    "{0}：应有 {1}-idx{2}-ubyte（或 .gz），实际没有这样的文件；请把数据集的四个文件都放到那里",
  '{0}/{1}: expected images .png, .jpg or .webp of the class "{2}", got {3}; convert or add some, or remove the folder':
    "{0}/{1}：类别“{2}”应有 .png、.jpg 或 .webp 图像，实际为{3*}；请转换或加入一些，或移走该文件夹",
  "{0}: expected {1} × {2} pixels as in {3}, got {4} × {5}; pass `imageSize` {6}x{7} or another":
    "{0}：应与 {3} 一样为 {1} × {2} 像素，实际为 {4} × {5}；请传入 `imageSize` {6}x{7} 或别的大小",
  "{0}: expected images .png, .jpg or .webp, got {1}; convert or add some":
    "{0}：应有 .png、.jpg 或 .webp 图像，实际为{1*}；请转换或加入一些",
  "{0}: expected {1} × {2} pixels, as the model reads them, got {3} × {4}; pass `imageSize` {5}x{6}":
    "{0}：应为模型读取的 {1} × {2} 像素，实际为 {3} × {4}；请传入 `imageSize` {5}x{6}",
  "{0}/{1}: expected an image in the folder of a class that the model knows ({2}), got {3}; move it, or use predict, which needs no classes":
    "{0}/{1}：图像应在模型认识的类别的文件夹中（{2}），实际{3*}；请移动它，或用不需要类别的 predict",
  "{0}: expected a folder for each class of {1}, got {2}; sort the images into such folders, or pass `data` {3} alone, which is split then":
    "{0}：{1} 的每个类别应有一个文件夹，实际为{2*}；请把图像分到这样的文件夹中，或只传入 `data` {3}，随后会划分它",
  '{0}: expected the classes of {1}, got "{2}" too; rename or remove it':
    "{0}：应与 {1} 的类别相同，实际还有“{2}”；请改名或移走",
  "{0}: expected a table .csv or .parquet, arrays .npz, .npy or .safetensors, images .png, .jpg or .webp in one folder for each class, texts .txt alone, MNIST's four IDX files, or folders with any of these, got {1}; put such files there, or convert these":
    "{0}：应有 .csv 或 .parquet 表，.npz、.npy 或 .safetensors 数组，每个类别一个文件夹的 .png、.jpg 或 .webp 图像，单独的 .txt 文本，MNIST 的四个 IDX 文件，或存放其中任何一种的文件夹，实际为{1*}；请放入这样的文件，或转换这些文件",
  "{0}: expected a table .csv or .parquet, arrays .npz, .npy or .safetensors, images .png, .jpg or .webp in one folder for each class, texts .txt alone, MNIST's four IDX files, or folders with any of these, got {1}, but deeper, as {2}; pass the folder that holds them":
    "{0}：应有 .csv 或 .parquet 表，.npz、.npy 或 .safetensors 数组，每个类别一个文件夹的 .png、.jpg 或 .webp 图像，单独的 .txt 文本，MNIST 的四个 IDX 文件，或存放其中任何一种的文件夹，实际为{1*}，但在更深处有，如 {2}；请传入存放它们的文件夹",
  "{0}: expected a file .csv, .tsv, .parquet, .npz or .safetensors, got another; convert it":
    "{0}：应为 .csv、.tsv、.parquet、.npz 或 .safetensors 文件，实际为别的；请转换它",
  "{0}: expected a file .csv, .tsv, .parquet, .npz or .safetensors, got another; pass its folder, with x.npy and y.npy":
    "{0}：应为 .csv、.tsv、.parquet、.npz 或 .safetensors 文件，实际为别的；请传入它所在的文件夹，其中有 x.npy 和 y.npy",
  "{0}: expected images of {1} pixels, got {2}; install the package again":
    "{0}：图像应为 {1} 像素，实际为 {2}；请重新安装该软件包",
  "{0}: expected the columns {1}, got {2}; install it again": "{0}：应有列 {1}，实际为 {2}；请重新安装",
  "{0}: expected a reading in line {1}, got {2}; install it again":
    "{0}：第 {1} 行应为一个读数，实际为 {2}；请重新安装",
  "{0}: expected readings of four motes, got none of {1}; install it again":
    "{0}：应有四个传感器的读数，实际没有 {1} 的；请重新安装",
  "{0}: expected {1} to hold {2} {3}, as the first does, got {4}; give all the same shape":
    "{0}：{1*} 应与第一个一样含 {2} {3*}，实际为 {4}；请使它们形状一致",
  "{0}: expected a number in {1}, as the first has, got an array; give all the same shape":
    "{0}：{1*} 应与第一个一样为一个数，实际为数组；请使它们形状一致",
  "{0}: expected a finite number in {1}, got {2}; {3}": "{0}：{1*} 应为有限的数，实际为 {2}；请{3*}",
  "{0}: expected {1} as an array, got {2}; pass one": "{0}：{1} 应为数组，实际为 {2}；请传入数组",
  "{0}: expected at least one of {1}, got none; add some": "{0}：应至少有一个 {1}，实际没有；请加入一些",
  "{0}: expected data, got nothing there; check `data`": "{0}：应有数据，那里却什么也没有；请检查 `data`",
  "{0}: expected {1}, got {2}; pass such data": "{0}：应为{1*}，实际为 {2*}；请传入这样的数据",
  "{0}: expected data that it means something for, got {1}; leave it out":
    "{0}：应用于它有意义的数据，实际为 {1}；请去掉它",
  "{0}: expected data in one part, got training and validation data in {1}; leave it out":
    "{0}：应为尚未划分的数据，实际 {1} 中有训练数据和验证数据；请去掉它",
  "`splitBlock`: expected one way to split, got `splitBy` too; keep one of them":
    "`splitBlock`：应只用一种方式划分，实际还有 `splitBy`；请保留其中之一",
  '{0}: expected the preprocessing of a table, of arrays, of images or of series, got another one ("{1}"); export the run again if an older version did':
    "{0}：应为表、数组、图像或序列的预处理，实际为另一种（“{1}”）；若由旧版本导出，请重新导出该运行",
  "openData: expected a name, a file or a folder, got {0}; pass its path":
    "openData：应为名称、文件或文件夹，实际为 {0}；请传入其路径",
  '{0}: expected {1}, got the subset "{2}"{3}': "{0}：应为{1*}，实际给出了子集“{2}”{3*}",
  "{0}: expected no options of {1} for such data, got some; leave out {2}":
    "{0}：这样的数据不用 {1} 类选项，实际给出了；请去掉 {2*}",
  'openData: expected {0} or a file or folder, got "{1}"{2}': "openData：应为 {0}，或文件或文件夹，实际为“{1}”{2*}",
  'openData: expected a folder that exists, got "{0}" before "{1}"{2}':
    "openData：应为已有的文件夹，实际“{1}”之前的“{0}”不存在{2*}",
  'openData: expected a file or folder that exists, got "{0}" ({1}){2}':
    "openData：应为已有的文件或文件夹，实际“{0}”不存在（{1*}）{2*}",
  "restoreSampler: expected a position in [0, {0}], got {1}; resume with the data that the run began with":
    "restoreSampler：位置应在 [0, {0}] 之内，实际为 {1}；请用运行开始时的数据继续",
  "createSampler: expected a batch size that is a whole number of at least 1, got {0}; use `batchSize` 1 or more":
    "createSampler：批次大小应为至少 1 的整数，实际为 {0}；请用 `batchSize` 1 或更大",
  "createSampler: expected at least 1 accumulation step, got 0; use `gradientAccumulationSteps` 1 or more":
    "createSampler：应至少累积 1 步，实际为 0；请用 `gradientAccumulationSteps` 1 或更大",
  "createSampler: expected a batch size of at most the {0} examples, got {1}; lower `batchSize`":
    "createSampler：批次大小应至多为 {0} 个样本，实际为 {1}；请减小 `batchSize`",
  "createSampler: expected at most the {0} micro-batches of an epoch ({1} examples) per step, got {2}; lower `gradientAccumulationSteps` or `batchSize`":
    "createSampler：每步应至多有一轮的 {0} 个微批次（{1} 个样本），实际为 {2}；请减小 `gradientAccumulationSteps` 或 `batchSize`",
  '{0}: expected classes that examples share in "y", got {1} whole numbers, no two of them alike; pass `task` regression for numbers':
    "{0}：“y”中的类别应由多个样本共有，实际为 {1} 个互不相同的整数；若是数值，请用 `task` regression",
  "`validationSplit`: expected a class with at least 2 examples, got {0} classes of one each; add examples":
    "`validationSplit`：应有一个类别至少含 2 个样本，实际 {0} 个类别各有一个；请增加样本",
  "`splitBy`: expected at least 2 groups, got {0}; split by a column with several values":
    "`splitBy`：应至少有 2 组，实际为 {0}；请按有多个值的列划分",
  "`splitBlock`: expected a whole number from 0 to {0}, got {1}; leave fewer examples out":
    "`splitBlock`：应为 0 到 {0} 的整数，实际为 {1}；请少略去一些样本",
  "`validationSplit`: expected a number above 0 and below 1, got {0}; change it":
    "`validationSplit`：应为大于 0 且小于 1 的数，实际为 {0}；请更改",
  "`validationSplit`: expected a fraction that leaves examples on both sides, got {0} of {1}; change it or add examples":
    "`validationSplit`：应使两边都留有样本，实际为 {1} 个的 {0}；请更改它或增加样本",
  "{0}: expected the first input to be called x, got {1}; rename it": "{0}：第一个输入应叫 x，实际为 {1*}；请改名",
  "{0}: expected at least one example, got none; add some": "{0}：应至少有一个样本，实际没有；请加入一些",
  "{0}: expected {1} of float32 or int64, got {2}; convert it": "{0}：{1} 应为 float32 或 int64，实际为 {2}；请转换",
  "{0}: expected {1} of as many examples as y, {2}, got [{3}]; give every example all arrays":
    "{0}：{1} 的样本应与 y 一样多，为 {2}，实际为 [{3}]；请给每个样本所有数组",
  "{0}: expected labels from 0 to {1}, got {2} at position {3}; number the classes from 0":
    "{0}：标签应为 0 到 {1}，实际位置 {3} 处为 {2}；请从 0 起为类别编号",
  "read: expected {0} of {1} elements, got {2}; pass arrays that fit the micro-batch":
    "read：{0} 应有 {1} 个元素，实际为 {2}；请传入与微批次相符的数组",
  '{0}: expected the input "{1}" {2}, as the model was trained on, got {3}; give examples of that shape':
    "{0}：应有模型训练时的输入“{1}” {2}，实际为 {3}；请给出这种形状的样本",
  "{0}: expected examples prepared by the training data ({1}), got {2}; pass the path of their file or folder as `data`":
    "{0}：样本应按训练数据预处理（{1*}），实际为{2*}；请以 `data` 传入其文件或文件夹的路径",
  "{0}: example {1}: expected a number, as the model predicts numbers, got the class {2}; give numbers as targets":
    "{0}：样本 {1}：模型预测数值，应为一个数，实际为类别 {2}；请以数值为目标",
  "{0}: example {1}: expected a class that the model knows ({2}), got {3}; correct it or leave it out":
    "{0}：样本 {1}：应为模型认识的类别（{2*}），实际为 {3}；请更正或略去",
  "{0}: expected targets {1}, as the model was trained on, got {2}; give such":
    "{0}：目标应为模型训练时的 {1}，实际为 {2}；请给出这样的目标",
  "{0}: expected examples with their right answers, got rows alone; pass datasetFromArrays(rows, targets)":
    "{0}：样本应带有正确答案，实际只有各行；请传入 datasetFromArrays(rows, targets)",
  "{0}: expected a row of numbers for each example, got numbers; write [[…], […]]":
    "{0}：每个样本应为一行数，实际为单个的数；请写成 [[…], […]]",
  "{0}: expected rows of numbers, as the model was not trained on a table, got an object; write [[…], […]]":
    "{0}：模型不是在表上训练的，应为由数组成的各行，实际为对象；请写成 [[…], […]]",
  "{0}[{1}]: expected an object by columns, as the first is, got {2}; write one":
    "{0}[{1}]：应与第一个一样为按列的对象，实际为 {2}；请写成对象",
  '{0}[{1}]: expected a number or a text in "{2}", got {3}; write one':
    "{0}[{1}]：“{2}”应为数或文本，实际为 {3}；请写一个",
};
