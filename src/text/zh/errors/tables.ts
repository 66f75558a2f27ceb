/** What errors of tables and arrays say in Chinese, by what they say in English: see `ErrorLines`. */
export const tablesErrors: Readonly<Record<string, string>> = {
  '{0}: expected classes that the metadata of {1} name ({2}), got "{3}"; rename the class or leave it out':
    "{0}：类别应为 {1} 的元数据所命名的类别（{2}），实际有“{3}”；请给该类别改名或去掉它",
  '{0}: expected a class for each of the {1} outputs of {2}, whose file does not name them, got {3} ({4}); name each class by the number of its output, from 0, or write all names into the metadata of the file as "class_names"':
    "{0}：应为 {2} 的 {1} 个输出各有一个类别，因为文件没有给出类别名，实际有 {3} 个（{4}）；请用输出的编号（从 0 起）命名每个类别，或把全部类别名以“class_names”写入该文件的元数据",
  '{0}: expected classes from 0 to {1}, or all {2} of the model by their names, in the target "{3}", got {4} ({5}); number them as the model\'s outputs':
    "{0}：目标“{3}”应为 0 到 {1} 的类别，或模型全部 {2} 个类别的名称，实际有 {4} 个（{5}）；请按模型的输出编号",
  '{0}: expected "y{1}" beside "x{2}", got none; save it, or save x_train and y_train alone as x and y, which are split then':
    "{0}：“x{2}”旁边应有“y{1}”，实际没有；请保存它，或只保存 x_train 和 y_train，命名为 x 和 y，随后会划分它们",
  '{0}: expected arrays "x" (or the names of the model\'s inputs) and "y", got {1}; rename them':
    "{0}：应有数组“x”（或模型各输入的名称）和“y”，实际为 {1*}；请改名",
  '`splitBy`: expected the name of an array [N] of {0}, got "{1}"; choose one of {2}':
    "`splitBy`：应为 {0} 中一个数组 [N] 的名称，实际为“{1}”；请从 {2} 中选择",
  '{0}: expected as many examples in every array, and at least one, got {1} in "y" and {2} in "{3}"; save arrays that belong together':
    "{0}：各数组的样本数应相同且至少为一，实际“y”中有 {1} 个，“{3}”中有 {2} 个；请保存属于一起的数组",
  '{0}: expected whole numbers {1}as classes in "y", got {2} in example {3}; number them with numpy.unique(y, return_inverse=True)[1]':
    "{0}：“y”中的类别应为整数，且小于 2^53，实际样本 {3} 中为 {2}；请用 numpy.unique(y, return_inverse=True)[1] 编号",
  '{0}: expected whole numbers {1}as classes in "y", got {2} in example {3}; correct it':
    "{0}：“y”中的类别应为整数，实际样本 {3} 中为 {2}；请更正",
  '{0}: expected finite numbers in "{1}", got {2} in example {3}; correct it':
    "{0}：“{1}”应为有限的数，实际样本 {3} 中为 {2}；请更正",
  '{0}: expected numbers that float32 holds in "{1}", got {2} in example {3}; scale or correct it':
    "{0}：“{1}”应为 float32 能表示的数，实际样本 {3} 中为 {2}；请缩放或更正",
  '{0}: expected a value in "{1}", got none, as in {2} {3}, and none in rows of {4} and {5} more; correct it, or pass `missing` drop, or `missing` mean where it is a feature':
    "{0}：“{1}”应有值，实际为空，{2} 行都是如此，{4} 等另外 {5} 列中也有空值；请更正，或传入 `missing` drop，若为特征则可用 `missing` mean",
  '{0}: expected a value in "{1}", got none, as in {2} {3}, and none in rows of {4}; correct it, or pass `missing` drop, or `missing` mean where it is a feature':
    "{0}：“{1}”应有值，实际为空，{2} 行都是如此，{4} 中也有空值；请更正，或传入 `missing` drop，若为特征则可用 `missing` mean",
  '{0}: expected a value in "{1}", got none, as in {2} {3}; correct it, or pass `missing` drop, or `missing` mean where it is a feature':
    "{0}：“{1}”应有值，实际为空，{2} 行都是如此；请更正，或传入 `missing` drop，若为特征则可用 `missing` mean",
  '{0}: expected the right answers as an array "y", got {1}; save them so, or use predict, which needs none':
    "{0}：正确答案应为数组“y”，实际有 {1}；请这样保存，或用不需要答案的 predict",
  '{0}: expected as many examples in every array, and at least one, got {1} in "{2}" and {3} in "{4}"; save arrays that belong together':
    "{0}：各数组的样本数应相同且至少为一，实际“{2}”中有 {1} 个，“{4}”中有 {3} 个；请保存属于一起的数组",
  '{0}: expected an array "{1}" {2}, which the model reads, got {3}; save it so':
    "{0}：应有模型读取的数组“{1}” {2}，实际为 {3*}；请这样保存",
  '{0}: expected "{1}" as {2}, as in the training data, got {3}; save it so':
    "{0}：“{1}”应与训练数据一样为 {2*}，实际为 {3*}；请这样保存",
  '{0}: expected "{1}" as {2} of images as bytes (uint8), as in the training data, got {3}; save it so':
    "{0}：“{1}”应与训练数据一样为 {2}，是以字节（uint8）表示的图像，实际为 {3}；请这样保存",
  '{0}: expected "y" as [{1}], as in the training data, got [{2}]; save it so':
    "{0}：“y”应与训练数据一样为 [{1}]，实际为 [{2}]；请这样保存",
  '{0}: example {1}: expected a class that the model knows in "y" ({2}), got {3}; correct it or leave it out':
    "{0}：样本 {1}：“y”应为模型认识的类别（{2*}），实际为 {3}；请更正或略去",
  '{0}: expected the column "{1}", which the model reads, got none among {2}; did you mean "{3}"?':
    "{0}：应有模型读取的列“{1}”，{2} 中却没有；您是否要写“{3}”？",
  '{0}: expected the column "{1}", which the model reads, got none among {2}; add or rename it':
    "{0}：应有模型读取的列“{1}”，{2} 中却没有；请添加或改名",
  "`target`: expected the column of {0} that holds the right answers, got {1} among {2}; name it, or use predict, which needs none":
    "`target`：应为 {0} 中存放正确答案的列，{2} 中却{1*}；请写出列名，或用不需要答案的 predict",
  '{0}: expected a category that the model has seen in "{1}" ({2}), got {3}; correct it, or pass `missing` mean, which takes it for none of them':
    "{0*}：“{1}”应为模型见过的取值（{2*}），实际为 {3}；请更正，或传入 `missing` mean，它把该值当作不属其中任何一个",
  '{0}: expected a class that the model knows in "{1}" ({2}), got {3}; correct it or leave the row out':
    "{0*}：“{1}”应为模型认识的类别（{2*}），实际为 {3}；请更正，或略去该行",
  "{0}: expected rows without missing values, got none; pass `missing` mean or add them":
    "{0}：应有不含缺失值的行，实际没有；请传入 `missing` mean，或补上这些值",
  '{0}: expected a number in "{1}" as in the training data, got {2}; correct it':
    "{0*}：“{1}”应与训练数据一样为数值，实际为 {2}；请更正",
  "{0}: expected rows without missing values, got none; pass `missing` mean or fewer `features`":
    "{0}：应有不含缺失值的行，实际没有；请传入 `missing` mean，或减少 `features`",
  '{0}: expected numbers that can be read in one way in "{1}", got {2}, which is {3} or {4}; write it so, or leave the column out with `drop`':
    "{0*}：“{1}”应为只有一种读法的数，实际为 {2}，可读作 {3} 或 {4}；请写清楚，或用 `drop` 略去该列",
  '{0}: expected numbers in "{1}" as in {2}, with the unit "{3}", got "{4}"; write them alike':
    "{0}：“{1}”中的数应与 {2} 一样以“{3}”为单位，实际以“{4}”为单位；请写成一样",
  '{0}: expected numbers that float32 holds once standardised in "{1}" (mean {2}, deviation {3}), got {4}; correct it':
    "{0*}：“{1}”标准化后（均值 {2}，标准差 {3}）应为 float32 能表示的数，实际为 {4}；请更正",
  "{0}: expected the parts of one table, each once, got {1} too; move one of them elsewhere":
    "{0}：应为一个表的各分片，每片一次，实际还有 {1}；请把其中一个移到别处",
  "{0}: expected the columns of {1}, got {2}; put what is no part of that table elsewhere":
    "{0}：应与 {1} 的列相同，实际{2*}；请把不属于该表的文件放到别处",
  "`target`: expected a column of {0}, got none, and none is called label, target or class; choose one of {1}":
    "`target`：应为 {0} 的一列，实际没有给出，也没有叫 label、target 或 class 的列；请从 {1*} 中选择",
  "`drop`: expected one way to choose columns, got `features` too; keep one of them":
    "`drop`：应只用一种方式选择列，实际还有 `features`；请保留其中之一",
  '`drop`: expected columns other than the target, got "{0}"; keep it':
    "`drop`：应为目标以外的列，实际为“{0}”；请保留该列",
  '`features`: expected columns other than the target, got "{0}"; leave it out':
    "`features`：应为目标以外的列，实际为“{0}”；请去掉它",
  '`features`: expected columns, each once, got "{0}" twice; name it once':
    "`features`：每列应只写一次，实际“{0}”写了两次；请只写一次",
  "`features`: expected at least one column of {0}, got none; name some":
    "`features`：应至少有 {0} 的一列，实际没有；请写出几列",
  "`drop`: expected columns of {0} that remain as features, got none but {1}; drop fewer, or add columns to the file":
    "`drop`：{0} 中应有列留作特征，实际只剩 {1*}；请少去掉几列，或给文件加上列",
  '{0}: expected a column of {1}, got "{2}"{3}': "{0}：应为 {1} 的一列，实际为“{2}”{3*}",
  "{0}: expected numbers or at most {1} categories in every column, got {2}; leave {3} out with `drop` {4}":
    "{0}：各列应为数值，或至多 {1} 种取值，实际有 {2*}；请用 `drop` {4} 略去",
  '{0}: expected the target "{1}" as in {2}, got none, so nothing can be validated on it; pass `data` {3} alone, which is split then':
    "{0}：应与 {2} 一样有目标“{1}”，实际没有，因此无法在其上验证；请只传入 `data` {3}，随后会划分它",
  '{0}: expected from 2 to 1000 classes in the target "{1}", got {2}; choose another `target`, or `task` regression for numbers':
    "{0*}：目标“{1}”应有 2 到 1000 个类别，实际为 {2*}；请选择别的 `target`，目标是数值时用 `task` regression",
  '{0}: expected a number in the target "{1}"{2}, got {3}; choose a `loss` of classes, or write numbers':
    "{0*}：目标“{1}”应为数值{2*}，实际为 {3}；请选择用于类别的 `loss`，或写成数值",
  '{0}: expected a number in the target "{1}"{2}, got {3}; use `task` classification':
    "{0*}：目标“{1}”应为数值{2*}，实际为 {3}；请用 `task` classification",
  "{0}: expected {1} rows as at first, got {2}; do not change the file while it is read":
    "{0}：应与最初一样有 {1} 行，实际为 {2}；读取期间请不要改动该文件",
  '{0}: expected a number from 0 to 1 in the target "{1}", as `loss` compares probabilities, got {2}; write 0 and 1, or choose another `loss`':
    "{0*}：目标“{1}”应为 0 到 1 的数，因为 `loss` 比较的是概率，实际为 {2}；请写成 0 和 1，或选择别的 `loss`",
  '{0}: expected labels that count in "{1}", got {2} alone, which stands for none; change `ignoreIndex`':
    "{0}：“{1}”应有计入损失的标签，实际只有 {2}，它表示没有标签；请更改 `ignoreIndex`",
  "{0}: expected labels that count in every part of the data, got {1} examples whose labels all stand for none; label some, or change `ignoreIndex`":
    "{0}：数据的每一部分都应有计入损失的标签，实际 {1} 个样本的标签都表示没有标签；请标注一些，或更改 `ignoreIndex`",
  '{0}: expected labels from 0 to {1} in "y", got {2} in example {3}; pass `ignoreIndex` {4} where it stands for no label':
    "{0}：“y”中的标签应为 0 到 {1}，实际样本 {3} 中为 {2}；若它表示没有标签，请传入 `ignoreIndex` {4}",
  '{0}: expected labels from 0 to {1} in "y", got {2} in example {3}; pass `task` regression for numbers':
    "{0}：“y”中的标签应为 0 到 {1}，实际样本 {3} 中为 {2}；若为数值，请传入 `task` regression",
  '{0}: expected labels from 0 to {1} in "y", one for each of the model\'s {2} outputs, got {3} in example {4}; number them so, or pass `ignoreIndex` {5} where it stands for no label':
    "{0}：“y”中的标签应为 0 到 {1}，模型的 {2} 个输出各对应一个，实际样本 {4} 中为 {3}；请这样编号，若它表示没有标签，请传入 `ignoreIndex` {5}",
  '{0}: expected at most {1} classes in "y", got {2} different labels; pass `task` regression for numbers':
    "{0}：“y”应至多有 {1} 个类别，实际有 {2} 种标签；若为数值，请传入 `task` regression",
  '{0}: expected "{1}" in its metadata as JSON of {2}, got {3}; write it so or leave it out':
    "{0}：元数据中的“{1}”应为 JSON，内容为{2*}，实际为 {3}；请这样写，或去掉它",
  '{0}: expected labels from 0 to {1} in "y", which its class_names name, got {2} in example {3}; name every class':
    "{0}：“y”中的标签应为 class_names 所命名的 0 到 {1}，实际样本 {3} 中为 {2}；请为每个类别命名",
  "{0}: expected columns to predict from that rows share, got only dates and texts of single rows ({1}); add columns of numbers or categories, or keep these with `features`":
    "{0}：应有各行共有取值的列可用于预测，实际只有日期和各行不同的文本（{1}）；请加上数值或类别的列，或用 `features` 保留这些列",
};
