import { readFileSync } from "node:fs";
import { decodeNpz } from "../src/data/files/npz.ts";
import { foreignModel } from "../src/model/foreign.ts";
import type { Model } from "../src/model/model.ts";
import { type Tensor, toNumbers } from "../src/tensor/tensor.ts";

const folder = new URL("./fixtures/oracle/", import.meta.url);

export function oracleBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, folder)));
}

export function oracleJson<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, folder), "utf8"));
}

export const oracleNames = ["mlp", "lenet", "bn_cnn", "two_branch", "tcn", "tiny_gpt"] as const;
export type OracleName = (typeof oracleNames)[number];

/** A PyTorch module as exported, one batch, and what PyTorch found in float64. */
export interface Oracle {
  readonly model: Model;
  readonly x: Tensor;
  readonly y: Tensor;
  /** Mean cross-entropy. */
  readonly loss: number;
  /** ∂loss/∂P: its L2 norm, and its values at some flat indices. */
  gradient(parameter: string): { norm: number; probe: number[]; index: number[] };
}

export function oracle(name: OracleName): Oracle {
  const npz = (file: string) => decodeNpz(oracleBytes(`models/${name}/${file}`), file);
  const [batch, expected] = [npz("batch.npz"), npz("expected.npz")];
  const numbers = (key: string) => toNumbers(expected.get(key)!);
  return {
    model: foreignModel(oracleBytes(`models/${name}/model.onnx`), name),
    x: batch.get("x")!,
    y: batch.get("y")!,
    loss: numbers("loss")[0]!,
    gradient: (parameter) => ({
      norm: numbers(`norm/${parameter}`)[0]!,
      probe: numbers(`probe/${parameter}`),
      index: numbers(`index/${parameter}`),
    }),
  };
}
