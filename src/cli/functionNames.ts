/**
 * Functions that errors name first, for callers of the library, where their names do not tell that they are (as those
 * with a capital letter inside do), or where one option is at fault that the error need not name: `inFlags`.
 */
export const functionNames: Readonly<Record<string, string | null>> = {
  averaging: "swaStart",
  axis: null,
  backward: null,
  balanced: "classWeights",
  bind: null,
  broadcast: null,
  createRun: "dir",
  crossEntropy: "classWeights",
  gram: null,
  limit: null,
  openData: "data",
  openModel: "model",
  read: null,
  reduction: null,
  rows: null,
  run: null,
  segmentMeans: "fieldSize",
  session: null,
  swap: null,
  tensor: null,
  update: null,
  windows: "windowLength",
};
