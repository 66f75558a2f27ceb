import { expect, test } from "vitest";
import { normalizeArguments } from "./arguments.ts";

const flags = new Set(["disable-parallel", "enable-auto-gradient-accumulation"]);
const words = (line: string) => line.split(" ");

test.each([
  ["train --batch_size 4", "train --batch-size 4"],
  ["--batch_size=4", "--batch-size=4"],
  ["--batch-size 4", "--batch-size 4"],
  ["--loss_preset hvac_similar_optimized", "--loss-preset hvac_similar_optimized"],
  ["--loss_preset=hvac_similar_optimized", "--loss-preset=hvac_similar_optimized"],
  ["--des a_b=c_d", "--des a_b=c_d"],
  ["--set a_b.c_d=1", "--set a_b.c_d=1"],
  ["-c my_file.yaml my_data", "-c my_file.yaml my_data"],
  ["--disable_parallel False", "--no-disable-parallel"],
  ["--disable_parallel=false", "--no-disable-parallel"],
  ["--disable_parallel 0 --epochs 1", "--no-disable-parallel --epochs 1"],
  ["--disable_parallel no", "--no-disable-parallel"],
  ["--disable_parallel True", "--disable-parallel"],
  ["--disable_parallel=YES x", "--disable-parallel x"],
  ["--disable_parallel --epochs 0", "--disable-parallel --epochs 0"],
  ["--disable_parallel run_1", "--disable-parallel run_1"],
  ["--disable_parallel=maybe", "--disable-parallel=maybe"],
  ["--enable_auto_gradient_accumulation", "--enable-auto-gradient-accumulation"],
  ["--name False", "--name False"],
  ["--name=no", "--name=no"],
  ["train -- --batch_size --disable_parallel False", "train -- --batch_size --disable_parallel False"],
  ["-1 --_x", "-1 --_x"],
])("%s → %s", (line, expected) => {
  expect(normalizeArguments(words(line), flags)).toEqual(words(expected));
});

test("a value keeps its line breaks and its equals signs", () => {
  expect(normalizeArguments(["--des_x=a=b\nc_d"], flags)).toEqual(["--des-x=a=b\nc_d"]);
});
