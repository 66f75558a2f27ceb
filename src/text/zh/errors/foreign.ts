/** What errors of runs of other programs say in Chinese, by what they say in English: see `ErrorLines`. */
export const foreignErrors: Readonly<Record<string, string>> = {
  "{0}: expected a folder with {1}, got none there; name the folder that watch() was given":
    "{0}：应为含有 {1} 的文件夹，实际那里没有；请给出传给 watch() 的文件夹",
  "{0}: expected a line of kind run, step, evaluation or end, got {1}; delete the line":
    "{0}：kind 应为 run、step、evaluation 或 end，实际为 {1}；请删除该行",
  "{0}: expected a JSON object, got {1}; delete the line": "{0}：应为 JSON 对象，实际为 {1}；请删除该行",
  "{0}: expected schemaVersion {1}, got {2}; install a newer batchscope":
    "{0}：schemaVersion 应为 {1}，实际为 {2}；请安装更新的 batchscope",
  "{0}: expected the first line of a loop, got {1}: {2}; see docs/foreign-runs.md":
    "{0}：应为训练循环的首行，实际 {1}：{2}；见 docs/foreign-runs.md",
  '{0}: expected positive numbers in "counts", got {1}; delete the line':
    '{0}："counts" 中应为正数，实际为 {1}；请删除该行',
  '{0}: expected {1} numbers in "squaredNorms", got {2}; delete the line':
    '{0}："squaredNorms" 中应有 {1} 个数，实际为 {2}；请删除该行',
  '{0}: expected a number in "{1}", got {2}; delete the line': '{0}："{1}" 应为数值，实际为 {2}；请删除该行',
};
