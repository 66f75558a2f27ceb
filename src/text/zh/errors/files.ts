/** What errors of files that hold data say in Chinese, by what they say in English: see `ErrorLines`. */
export const filesErrors: Readonly<Record<string, string>> = {
  '{0}: expected examples along the first axis of "{1}", got one {2}; add an axis':
    "{0}：样本应沿“{1}”的第一个轴排列，实际为一个 {2}；请增加一个轴",
  "{0}: expected bytes to read them from disk, got {1}; raise `dataMemory`":
    "{0}：应为可从磁盘按字节读取的类型，实际为 {1}；请增大 `dataMemory`",
  "{0}: expected at most {1} unpacked in memory, got {2}; raise `dataMemory`{3}":
    "{0}：解压后在内存中应至多占 {1*}，实际为 {2*}；请增大 `dataMemory`{3*}",
  "{0}: expected gzip data, got: {1}; download or copy the file again":
    "{0}：应为 gzip 数据，实际为：{1*}；请重新下载或复制该文件",
  "{0}: expected a line of names and rows below it, got an empty file; check the file":
    "{0}：应有一行列名及其下的各行，实际为空文件；请检查该文件",
  "{0}: expected UTF-8, got {1}; the file is not UTF-8: save it as UTF-8 (in Excel: CSV UTF-8)":
    "{0}：应为 UTF-8，实际为 {1}；该文件不是 UTF-8：请另存为 UTF-8（在 Excel 中选 CSV UTF-8）",
  "{0}: expected names with commas, semicolons, tabs or | between them, got one, {1}; separate the columns so":
    "{0}：列名之间应以逗号、分号、制表符或 | 分隔，实际只有一个列名 {1}；请这样分隔各列",
  "{0}:{1}: expected {2} cells as in the first line, got {3}; correct the line":
    "{0}:{1}：应与第一行一样有 {2} 个单元格，实际为 {3} 个；请更正该行",
  "{0}:{1}: expected {2} cells as in the first line, got {3}, {4} and so in {5} more; correct the {6} lines":
    "{0}:{1}：应与第一行一样有 {2} 个单元格，实际为 {3} 个，{4*}，另有 {5} 行也如此；请更正这 {6} 行",
  "{0}:{1}: expected {2} cells as in the first line, got {3}, {4}; correct the {5} lines":
    "{0}:{1}：应与第一行一样有 {2} 个单元格，实际为 {3} 个，{4*}；请更正这 {5} 行",
  "{0}: expected comma-separated values, got: {1}; correct the line":
    "{0}：应为以逗号分隔的值，实际为：{1*}；请更正该行",
  "images: expected the package sharp, which reads them, got none that runs here; run: npm install sharp":
    "images：应有读取图像的软件包 sharp，这里却没有能运行的；请运行：npm install sharp",
  "{0}: expected an image, got: {1}; save it again or remove it": "{0}：应为图像，实际为：{1*}；请重新保存或移走它",
  "{0}: expected a file, got nothing there; check the path": "{0}：应为文件，那里却什么也没有；请检查路径",
  "{0}: expected a readable file, got: {1}; check the path and its permissions":
    "{0}：应为可读的文件，实际为：{1*}；请检查路径及其权限",
  'onnx: expected {0} bytes at {1} of "{2}" for {3}, got {4}; export the model again':
    "onnx：“{2}”中第 {1} 字节起应有 {0} 字节给 {3*}，实际为{4*}；请重新导出模型",
  'onnx: expected tensors that fit into {0} MiB of memory, got {1} MiB with {2} in "{3}"; use a smaller model or a larger machine':
    "onnx：各张量应放得进 {0} MiB 内存，到“{3}”中的 {2*} 时已为 {1} MiB；请换较小的模型或内存更大的机器",
  'onnx: expected to read {0} from "{1}", got: {2}; check its permissions':
    "onnx：应能从“{1}”读取 {0*}，实际为：{2*}；请检查其权限",
  'onnx: expected {0} in a file in the model\'s own folder, got "{1}"{2}; move it beside the model':
    "onnx：{0*} 应在模型自己的文件夹里的文件中，实际为“{1}”{2*}；请把它移到模型旁边",
  'onnx: expected {0} in the file "{1}" beside {2}, got: {3}; copy it there':
    "onnx：{0*} 应在 {2} 旁边的文件“{1}”中，实际为：{3*}；请把它复制到那里",
  "{0}: expected a readable folder, got: {1}; check its permissions":
    "{0}：应为可读的文件夹，实际为：{1*}；请检查其权限",
  "{0}: expected the npm package in {1} or beside batchscope, got none; run: npm install {2}":
    "{0}：应有该 npm 软件包，位于 {1} 或 batchscope 旁边，却没有；请运行：npm install {2}",
  "{0}: expected the name of a folder, got one with a NUL; change it": "{0}：应为文件夹的名称，实际含有 NUL；请更改它",
  "{0}: expected an IDX file (0, 0, element type 8, 9 or 11–14, rank), got the bytes {1}; is it still compressed?":
    "{0}：应为 IDX 文件（0、0、元素类型 8、9 或 11–14、轴数），实际开头的字节{1*}；它是否仍是压缩的？",
  "{0}: expected {1}, got {2} bytes; download or copy the file again":
    "{0}：应有 {1*}，实际为 {2} 字节；请重新下载或复制该文件",
  "{0}: expected a .npy file, got {1}; save the array with numpy.save":
    "{0}：应为 .npy 文件，实际为{1*}；请用 numpy.save 保存该数组",
  '{0}: expected an array in C order of {1} to read it from disk, got {2}; save numpy.ascontiguousarray(a, "{3}"), or raise `dataMemory`':
    '{0}：要从磁盘读取，应为按 C 顺序存放的 {1} 数组，实际为 {2*}；请保存 numpy.ascontiguousarray(a, "{3}")，或增大 `dataMemory`',
  '{0}: expected an array in C order of {1} to read it from disk, got {2} in Fortran order; save numpy.ascontiguousarray(a, "{3}"), or raise `dataMemory`':
    '{0}：要从磁盘读取，应为按 C 顺序存放的 {1} 数组，实际为按 Fortran 顺序存放的 {2*}；请保存 numpy.ascontiguousarray(a, "{3}")，或增大 `dataMemory`',
  "{0}: expected {1} bytes for {2}[{3}], got {4}; write the file again":
    "{0}：{2}[{3}] 应有 {1} 字节，实际为 {4}；请重新写出该文件",
  "{0}: expected a .npz archive from its first byte on, got another; write the file again":
    "{0}：从第一个字节起应为 .npz 归档，实际不是；请重新写出该文件",
  '{0}: expected one array "{1}", got two; rename one of them':
    "{0}：应只有一个数组“{1}”，实际有两个；请改其中一个的名称",
  "{0}: expected a NumPy array of little-endian integers, floats or booleans, got: {1}; {2}":
    "{0}：应为小端整数、浮点数或布尔值的 NumPy 数组，实际为：{1*}；请{2*}",
  '{0}: expected numbers or texts in {1} "{2}", got lists or structures; leave {3} out with `drop`':
    "{0}：列“{2}”应为数值或文本，实际为列表或结构；请用 `drop` 略去",
  '{0}: expected UTF-8 in "{1}", got {2}; write texts, or leave it out with `drop`':
    "{0*}：“{1}”应为 UTF-8，实际为 {2}；请写成文本，或用 `drop` 略去",
  '{0}: expected a number or a text in "{1}", got something else; leave it out with `drop`':
    "{0*}：“{1}”应为数值或文本，实际为别的；请用 `drop` 略去",
  "{0}: expected a Parquet file, got: {1}; write the file again":
    "{0}：应为 Parquet 文件，实际为：{1*}；请重新写出该文件",
  "{0}: expected a file, got a folder; check the path": "{0}：应为文件，实际为文件夹；请检查路径",
  "{0}: expected a file, got a {1}; save what it gives as a file and pass that":
    "{0}：应为文件，实际为{1*}；请把它给出的内容存成文件，再传入该文件",
  "{0}: expected the file that was opened, got another in its place; do not change files while they are read":
    "{0}：应为先前打开的文件，实际已被另一个代替；读取期间请不要改动文件",
  "{0}: expected a file that is open, got one that was closed; open the data again":
    "{0}：应为打开着的文件，实际已经关闭；请重新打开数据",
  "{0}: expected {1} bytes at {2}, got {3}; was the file changed while it was read?":
    "{0}：第 {2} 字节起应有 {1} 字节，实际为 {3}；读取期间文件是否被改动？",
  "{0}: expected at least 8 bytes, got {1}; write the file again": "{0}：应至少有 8 字节，实际为 {1}；请重新写出该文件",
  "{0}: expected a header of at most {1} bytes, got {2}; is it a .safetensors file?":
    "{0}：文件头应至多 {1} 字节，实际为 {2}；它是 .safetensors 文件吗？",
  "{0}: expected a header of {1} bytes, got {2}; the file is truncated, write it again":
    "{0}：文件头应有 {1} 字节，实际为 {2}；该文件被截断，请重新写出",
  "{0}: expected a JSON object as header, got {1}…; is it a .safetensors file?":
    "{0}：文件头应为 JSON 对象，实际为 {1}…；它是 .safetensors 文件吗？",
  "{0}: expected {1} bytes of data, got {2}; the last ones belong to no tensor, write the file again":
    "{0}：应有 {1} 字节数据，实际为 {2}；末尾的字节不属于任何张量，请重新写出该文件",
  '{0}: tensor "{1}": expected {2}, got {3}; write the file again':
    "{0}：张量“{1}”：应为{2*}，实际为{3*}；请重新写出该文件",
  "{0}: expected to write what does not fit into memory, got: {1}; set XDG_CACHE_HOME to a folder with room, or raise `dataMemory`":
    "{0}：应能写出内存放不下的数据，实际为：{1*}；请把 XDG_CACHE_HOME 设为有空间的文件夹，或增大 `dataMemory`",
  '{0}: expected a finite number in "{1}", got {2}; correct it': "{0*}：“{1}”应为有限的数，实际为 {2}；请更正",
  '{0}: expected values in the column "{1}", got none; leave it out with `drop`':
    "{0}：列“{1}”应有值，实际没有；请用 `drop` 略去",
  '{0}: expected a number in "{1}" as in {2} other rows, got {3}, the first of {4} texts there (then {5}); correct {6}, or leave the column out with `drop`':
    "{0}：“{1}”应与另外 {2} 行一样为数值，实际为 {3}，是那里 {4} 个文本中的第一个（其后为 {5}）；请更正它们，或用 `drop` 略去该列",
  '{0}: expected a number in "{1}" as in {2} other rows, got {3}; correct {4}, or leave the column out with `drop`':
    "{0}：“{1}”应与另外 {2} 行一样为数值，实际为 {3}；请更正，或用 `drop` 略去该列",
  "{0}: expected the names of columns, got the number {1}; add a first line of names":
    "{0*}：应为列名，实际为数值 {1}；请加上一行列名作为第一行",
  "{0}: expected a name for every column, got an empty one; name or remove it":
    "{0*}：每列应有列名，实际有一个为空；请命名或去掉该列",
  '{0}: expected names that differ, got "{1}" twice; rename one, or add a first line of names':
    "{0*}：列名应互不相同，实际“{1}”出现两次；请改其中一个，或加上一行列名作为第一行",
  '{0}: expected "{1}" stored or deflated, got {2}; save it with numpy.savez':
    "{0}：“{1}”应为未压缩或以 deflate 压缩，实际为{2*}；请用 numpy.savez 保存",
  "{0}: expected {1}, got {2}; write the file again": "{0}：应为{1*}，实际为{2*}；请重新写出该文件",
  "{0}/{1}: expected bytes of the CRC-32 {2}, as the archive says, got {3}; the file is damaged, copy or write it again":
    "{0}/{1}：按归档所说，各字节的 CRC-32 应为 {2}，实际为 {3}；该文件已损坏，请重新复制或写出",
  "{0}/{1}: expected deflated data, got: {2}; write the file again":
    "{0}/{1}：应为 deflate 数据，实际为：{2*}；请重新写出该文件",
};
