/** What errors of runs and studies as files say in Chinese, by what they say in English: see `ErrorLines`. */
export const storeErrors: Readonly<Record<string, string>> = {
  "{0}: expected an analysis, got none; run: `batchscope analyze {1}`":
    "{0}：应有分析结果，实际没有；请运行：`batchscope analyze {1}`",
  "{0}: expected an average of weights, got none; train with `swaStart` or `swapWorkers`":
    "{0}：应有权重平均，实际没有；训练时请用 `swaStart` 或 `swapWorkers`",
  "{0}: expected the checksum that summary.json says it has, got none; the file is damaged":
    "{0}：应有 summary.json 所说的校验和，实际没有；该文件已损坏",
  '{0}: expected a checkpoint for "{1}", got none at all; train until one is saved':
    "{0}：应有“{1}”的检查点，实际一个也没有；请训练到保存出一个",
  '{0}: expected {1}, got "{2}"; choose one of them': "{0}：应为{1*}，实际为“{2}”；请选择其中之一",
  "{0}: expected a checkpoint, got another file; move it away": "{0}：应为检查点，实际为别的文件；请移走它",
  "{0}: expected a checkpoint, got no file; choose another": "{0}：应为检查点，实际没有该文件；请选择别的",
  "{0}: expected a JSON object, got {1}; restore the file or delete it":
    "{0}：应为 JSON 对象，实际为 {1}；请恢复或删除该文件",
  "{0}: expected schema version {1} or older, got {2}; update batchscope":
    "{0}：格式版本应为 {1} 或更旧，实际为 {2}；请更新 batchscope",
  "{0}: expected a JSON object, got: {1}; restore the file or delete it":
    "{0}：应为 JSON 对象，实际为：{1*}；请恢复或删除该文件",
  "{0}: expected at most {1} bytes, got {2}; restore the file or delete it":
    "{0}：应至多 {1} 字节，实际为 {2}；请恢复或删除该文件",
  "{0}: expected {1} bytes, got {2}; the file is being changed": "{0}：应有 {1} 字节，实际为 {2}；该文件正在被改动",
  "{0}: expected a file that fits into memory, got {1} bytes; restore the file":
    "{0}：文件应放得进内存，实际有 {1} 字节；请恢复该文件",
  "{0}: expected a folder, got a {1}; restore the folder or remove what has its name":
    "{0}：应为文件夹，实际为{1*}；请恢复该文件夹，或移走占用其名称的东西",
  "{0}: expected a file, got a {1}; restore the file or remove what has its name":
    "{0}：应为文件，实际为{1*}；请恢复该文件，或移走占用其名称的东西",
  "{0}: expected {1} that can be read, got {2}; restore it or its permissions":
    "{0}：应为可读的{1*}，实际为 {2}；请恢复它或其权限",
  "runs rm: expected runs that nobody uses, got {0}, {1}": "runs rm：应为没有人使用的运行，实际 {0} {1*}",
  "{0}: expected an empty file, got {1}; remove it while nothing uses the run":
    "{0}：应为空文件，实际为{1*}；请在没有进程使用该运行时移走它",
  "{0}: expected a file that can be locked, got: {1}; check the permissions of its folder":
    "{0}：应为可以加锁的文件，实际为：{1}；请检查其文件夹的权限",
  "{0}: expected a JSON object of kind {1}, got {2}; delete the line":
    "{0}：应为 {1} 类的 JSON 对象，实际为 {2}；请删除该行",
  "{0}: expected {1} as {2}, got {3}; restore the file": "{0}：{1} 应为{2*}，实际为 {3*}；请恢复该文件",
  "{0}: expected the {1} lines that the checkpoint counts, got {2}; restore the file":
    "{0}：应有检查点所计的 {1} 行，实际为 {2}；请恢复该文件",
  "{0}:{1}: expected a line of at most {2} bytes, got a longer one; restore the file":
    "{0}:{1}：每行应至多 {2} 字节，实际更长；请恢复该文件",
  "{0}:{1}: expected UTF-8, got bytes that are none; restore the file":
    "{0}:{1}：应为 UTF-8，实际有不是 UTF-8 的字节；请恢复该文件",
  'openRun: expected the whole name of a run whose run.json is damaged, got its beginning "{0}"; write {1}':
    "openRun：该运行的 run.json 已损坏，应写出全名，实际只有开头“{0}”；请写 {1}",
  "{0}: expected the run, got none; another process has removed it, see `batchscope runs`":
    "{0}：应有该运行，实际没有；另一个进程已把它移走，请看 `batchscope runs`",
  "{0}: expected a folder, got a link or a file; it is left as it is": "{0}：应为文件夹，实际为链接或文件；保持原样",
  "openRun: expected a run of the store {0}, got {1}; pass the `dir` in whose runs/ it lies, or remove it yourself":
    "openRun：应为运行库 {0} 中的运行，实际为 {1}；请传入其 runs/ 所在的 `dir`，或自行移走",
  "{0}: expected {1}, got {2}; restore the file or delete it": "{0}：应为{1*}，实际为 {2*}；请恢复或删除该文件",
  '{0}: expected {1} in "{2}", got {3}; restore the file or delete it':
    "{0}：“{2}”应为{1*}，实际为 {3*}；请恢复或删除该文件",
  "{0}: expected YAML, got: {1}; restore the file": "{0}：应为 YAML，实际为：{1*}；请恢复该文件",
  "resume: expected a run that has ended, got {0}, running as process {1} on {2}; wait for it or stop it first":
    "resume：应为已经结束的运行，实际 {0} 正在 {2} 上以进程 {1} 运行；请等它结束，或先停止它",
  "index.sqlite: expected one table, got others": "index.sqlite：应只有一个表，实际还有别的",
  "index.sqlite: expected the row of {0} as written": "index.sqlite：应有写入时 {0} 的行",
  'openRun: expected the beginning of one run, got "{0}" of {1}; write more of the id':
    "openRun：应为一个运行的开头，实际“{0}”是 {1} 的开头；请多写几个字符",
  "openRun: expected the name of a run, got {0}; write an id, the beginning of one, a path or latest":
    "openRun：应为运行的名称，实际为 {0}；请写编号、其开头、路径或 latest",
  "{0}: expected the run's configuration, got no file; restore it": "{0}：应有该运行的配置，实际没有该文件；请恢复它",
  "{0}: expected a mapping, got {1}; restore the file": "{0}：应为键值对，实际为 {1}；请恢复该文件",
  '{0}: expected the run "{1}", got no runs at all; start one with `batchscope train`, or pass `dir`':
    "{0}：应有运行“{1}”，实际一个运行也没有；请用 `batchscope train` 开始一个，或传入 `dir`",
  '{0}: expected "latest", {1} and {2} others, got "{3}"; choose one of them':
    "{0}：应为“latest”、{1} 或其余 {2} 个之一，实际为“{3}”；请选择其中之一",
  '{0}: expected "latest", {1}, got "{2}"; choose one of them': "{0}：应为“latest”或 {1}，实际为“{2}”；请选择其中之一",
  "{0}: expected a checksum in its header, got none; the file is damaged or not of this program":
    "{0}：文件头中应有校验和，实际没有；该文件已损坏，或不是本程序所写",
  "{0}: expected the checksum {1}…, got {2}…; the file is damaged, use another checkpoint":
    "{0}：校验和应为 {1}…，实际为 {2}…；该文件已损坏，请用别的检查点",
  "{0}: expected the bytes of a .safetensors file, got others; write the file again":
    "{0*}：应为 .safetensors 文件的字节，实际为别的；请重新写出该文件",
  "`dir`: expected a folder, got {0}; name it, or leave it out": "`dir`：应为文件夹，实际为 {0}；请写出名称，或去掉它",
  '`study`: expected a name of at most 80 letters, digits, "-", "_" and ".", of which the first is a letter or digit, got {0}; change it':
    "`study`：名称应由至多 80 个字母、数字、“-”、“_”和“.”组成，以字母或数字开头，实际为 {0}；请更改",
  '{0}: expected the study "{1}", got {2}; start one with `batchscope compare`':
    "{0}：应有研究“{1}”，实际为{2*}；请用 `batchscope compare` 开始一个",
  "`study`: expected a study that no other process works on, got {0}, which one does; wait for it, or name another":
    "`study`：应为没有别的进程在做的研究，实际 {0} 正在进行；请等它结束，或另起名称",
  "`study`: expected what {0} was started with, got another {1}: {2} instead of {3}; give it back, or name another study":
    "`study`：应与 {0} 开始时相同，实际{1*}不同：现为 {2}，原为 {3}；请改回去，或另起名称",
  "{0}: expected a line of JSON, got {1}; restore the file": "{0}：应为一行 JSON，实际为 {1}；请恢复该文件",
  "{0}: expected a run, got none": "{0}：应有运行，实际没有",
  "{0}: expected a folder, got a {1}; removed runs lie in a folder of their store":
    "{0}：应为文件夹，实际为{1*}；移走的运行放在运行库的一个文件夹中",
  "{0}: expected the trash on the disk of the runs, got another; unmount it, or remove {1} yourself":
    "{0}：回收站应与运行在同一磁盘上，实际在别处；请卸载它，或自行移走 {1}",
  "{0}: expected the run {1}, got another folder; nothing is restored":
    "{0}：应为运行 {1}，实际为别的文件夹；什么也没有恢复",
  "runs restore: expected a run that nothing uses, got {0}; try again":
    "runs restore：应为没有进程使用的运行，实际 {0} 正被使用；请再试一次",
  "runs restore: expected no {0}, got one; move it away, then restore {1}":
    "runs restore：应没有 {0}，实际有；请移走它，然后恢复 {1}",
  'runs restore: expected the beginning of one run, got "{0}" of {1}; write more of the id':
    "runs restore：应为一个运行的开头，实际“{0}”是 {1} 的开头；请多写几个字符",
  "{0}: expected {1}; see `batchscope runs --trash`": "{0}：应为{1*}；请看 `batchscope runs --trash`",
  "{0}: expected the run {1}, got {2}; it is left as it is": "{0}：应为运行 {1}，实际为{2*}；保持原样",
  "{0}: expected a run, got a folder without run.json: its process was killed while it made the run; remove it with `batchscope runs rm {1}`":
    "{0}：应为运行，实际为没有 run.json 的文件夹：其进程在建立运行时被终止；请用 `batchscope runs rm {1}` 移走它",
  "createRun: expected a directory that can be written, got {0} ({1}); pass `dir` or set BATCHSCOPE_DIR":
    "createRun：应为可以写入的文件夹，实际为 {0}（{1}）；请传入 `dir`，或设置 BATCHSCOPE_DIR",
  "{0}: expected room for the study's files, got {1} (all trials that have ended are safe); make room and give the same command again":
    "{0}：应有存放研究文件的空间，实际{1*}（已结束的试验都已保存）；请腾出空间，再次运行同一命令",
  "{0}: expected {1}, got {2} ({3}); {4} and go on with: `batchscope train --resume {5}`":
    "{0}：应有{1*}，实际{2*}（{3*}）；请{4*}，然后继续：`batchscope train --resume {5}`",
  "{0} (latest is {1})": "{0*}（latest 即 {1}）",
};
