/** What is asked on a terminal, in English. */
export const promptsEnglish = {
  model: "Which model?",
  data: "Which data?",
  subset: "The whole data or a subset?",
  whole: "the whole data",
  all: "all subsets, one run each",
  epochs: "How many epochs?",
  checkpointEvery: "Epochs between checkpoints?",
  run: "Which run?",
  checkpoint: "Which checkpoint?",
  allCheckpoints: "all",
  epoch: (epoch: number) => `epoch ${epoch}`,
  whole1: "a whole number of at least 1, please",
  repeat: "the same without questions:",
  remove: (names: string) => `Remove ${names} with all files?`,
  cancelled: "cancelled",
};

export type PromptsText = typeof promptsEnglish;
