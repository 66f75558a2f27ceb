import { expect, test } from "vitest";
import { textIn } from "../../text/text.ts";
import { hessianSpectrum } from "./hessianSpectrum.ts";
import { lossSlice } from "./lossSlice.ts";
import { taylorLine } from "./taylorLine.ts";

const words = textIn("en").landscape.chart;
type Series = { readonly type: string; readonly data: readonly { readonly name: string; readonly value: unknown }[] };
const seriesOf = ({ option }: { readonly option: object }) => (option as { series: readonly Series[] }).series;

test("a Taylor model that leaves the losses far behind leaves the picture", () => {
  const shown = {
    direction: "escape",
    eigenvalue: -2,
    step: [-1, 0, 1],
    loss: [1, 2, 1],
    taylor: [-9, 2, 0.5],
  } as const;
  const [loss, model] = seriesOf(taylorLine(shown, words));
  expect(loss!.data.map(({ value }) => value)).toEqual([
    [-1, 1],
    [0, 2],
    [1, 1],
  ]);
  expect(model!.data.map(({ value }) => value)).toEqual([
    [-1, null],
    [0, 2],
    [1, 0.5],
  ]);
});

test("a density far below the highest is not drawn, eigenvalues are marks with their bounds", () => {
  const density = { at: [0, 1, 2], value: [1, 1e-9, 0.1], lower: [1, 0, 0.05], upper: [1, 1e-9, 0.2], width: 0.1 };
  const chart = hessianSpectrum({ density, eigenvalues: [{ value: 2, lower: 1.9, upper: 2.1 }] }, words);
  const [, , line, marks] = seriesOf(chart);
  expect(line!.data.map(({ value }) => value)).toEqual([
    [0, 1],
    [1, null],
    [2, 0.1],
  ]);
  expect(marks).toMatchObject({ type: "scatter", data: [{ name: "2.00 [1.90, 2.10]" }] });
});

test("on a plane a pointer reads every point, where it can", () => {
  const training = {
    x: [0, 1],
    y: [0, 1, 2],
    losses: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  };
  const slice = { kind: "plane", training, validation: null, path: null } as const;
  const read = seriesOf(lossSlice(slice, words, true)).at(-1)!;
  expect(read).toMatchObject({ type: "scatter", data: { length: 6 } });
  expect(read.data[3]).toEqual({ name: "loss 4.00 at (1.00, 1.00)", value: [1, 1] });
  expect(seriesOf(lossSlice(slice, words)).some(({ type }) => type === "scatter")).toBe(false);
});
