import { logSigmoid } from "./logSigmoid.ts";
import type { Rewrite } from "./node.ts";
import {
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  localResponse,
  lpNormalization,
  meanVarianceNormalization,
} from "./normalization.ts";
import { ceilPool, globalLpPool, globalMaxPool, lpPool } from "./pooling.ts";
import { centerCropPad, reverseSequence, shrink } from "./rearrangement.ts";
import { gru, lstm, rnn } from "./recurrent.ts";
import { resize } from "./resize.ts";
import { concat, gather, reshape, squeeze, transpose } from "./transposition.ts";

/** Operators of imported graphs that are expressed in others, and what some that stay need to be differentiated. */
export const rewrites: Readonly<Record<string, Rewrite>> = {
  AveragePool: ceilPool,
  CenterCropPad: centerCropPad,
  Concat: concat,
  GRU: gru,
  Gather: gather,
  GlobalLpPool: globalLpPool,
  GlobalMaxPool: globalMaxPool,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: localResponse,
  LSTM: lstm,
  LayerNormalization: layerNormalization,
  Log: logSigmoid,
  LpNormalization: lpNormalization,
  LpPool: lpPool,
  MaxPool: ceilPool,
  MeanVarianceNormalization: meanVarianceNormalization,
  RNN: rnn,
  Reshape: reshape,
  Resize: resize,
  ReverseSequence: reverseSequence,
  Shrink: shrink,
  Squeeze: squeeze,
  Transpose: transpose,
};
