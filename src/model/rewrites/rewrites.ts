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
import { gru, lstm, rnn } from "./recurrent.ts";
import { resize, upsample } from "./resize.ts";

/** Operators of imported graphs that are expressed in others, and what some that stay need to be differentiated. */
export const rewrites: Readonly<Record<string, Rewrite>> = {
  AveragePool: ceilPool,
  GRU: gru,
  GlobalLpPool: globalLpPool,
  GlobalMaxPool: globalMaxPool,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: localResponse,
  LSTM: lstm,
  LayerNormalization: layerNormalization,
  LpNormalization: lpNormalization,
  LpPool: lpPool,
  MaxPool: ceilPool,
  MeanVarianceNormalization: meanVarianceNormalization,
  RNN: rnn,
  Resize: resize,
  Upsample: upsample,
};
