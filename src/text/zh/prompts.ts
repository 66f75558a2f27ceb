import type { PromptsText } from "../en/prompts.ts";

/** What is asked on a terminal, in Chinese (simplified characters). */
export const promptsChinese: PromptsText = {
  model: "选择模型",
  data: "选择数据",
  subset: "全部数据还是某个子集？",
  whole: "全部数据",
  all: "所有子集，每个子集训练一次",
  epochs: "训练轮数",
  checkpointEvery: "每隔多少轮保存检查点",
  run: "选择一次训练",
  checkpoint: "选择检查点",
  allCheckpoints: "全部检查点",
  epoch: (epoch) => `第${epoch}轮`,
  whole1: "请输入不小于 1 的整数",
  repeat: "下次可直接运行：",
  remove: (names) => `删除 ${names} 及其全部文件？`,
  cancelled: "已取消",
};
