import { createCanvas, loadImage } from "@napi-rs/canvas";
import { expect, test } from "vitest";
import { analysisFixture, basePlan, plantedStatistics } from "../../../test/fixtures/analysis.ts";
import type { AnalysisFile } from "../../store/schema.ts";
import { chartPng } from "../png.ts";
import { frameHeight } from "./chart.ts";
import { cosineHeatmap } from "./cosineHeatmap.ts";
import { type PlotFile, plotFiles } from "./plots.ts";

const small = plantedStatistics({ ...basePlan, rows: 4 });
const analysis = (epochs: readonly number[], name: string): AnalysisFile => ({
  ...analysisFixture(),
  name,
  checkpoints: epochs.map((epoch) => ({ epoch, step: epoch, metrics: null, statistics: small })),
});

// Encoding PNGs takes a few hundred milliseconds each, and seconds on a busy machine.
const TIMEOUT = 60_000;

async function filesOf(...plots: Parameters<typeof plotFiles>): Promise<PlotFile[]> {
  const files: PlotFile[] = [];
  for await (const file of plotFiles(...plots)) files.push(file);
  return files;
}

test("what is drawn already is named, not drawn", async () => {
  const files = await filesOf(analysis([5], "mnist"), { isDrawn: () => true });
  expect(files.map(({ bytes }) => bytes)).toEqual([null, null]);
});

test(
  "two pictures a checkpoint and a trend, by the names of the guide; a run's name cannot leave the folder",
  async () => {
    const files = await filesOf(analysis([5, 10], "../钢 steel_100Hz"));
    expect(files.map(({ name }) => name)).toEqual([
      "gradient_directions_tsne_epoch_5.png",
      "gradient_similarities_epoch_5.png",
      "gradient_directions_tsne_epoch_10.png",
      "gradient_similarities_epoch_10.png",
      "gns_vs_epoch___钢_steel_100Hz.png",
      "gns_phase___钢_steel_100Hz.png",
    ]);
  },
  TIMEOUT,
);

test(
  "one checkpoint has no trend, and the same analysis gives the same bytes",
  async () => {
    const files = () => filesOf(analysis([5], "mnist"));
    const [first, second] = [await files(), await files()];
    expect(first).toHaveLength(2);
    for (const [i, { bytes }] of first.entries()) expect(Buffer.compare(bytes!, second[i]!.bytes!)).toBe(0);
  },
  TIMEOUT,
);

test(
  "the heat map's cells are in the picture: blue, orange, grey diagonal, on white",
  async () => {
    const cosine = [
      [1, 0.5, 0, -0.5],
      [0.5, 1, 0, 0],
      [0, 0, 1, 0],
      [-0.5, 0, 0, 1],
    ];
    const chart = cosineHeatmap({ ...small, cosine }, { epoch: 5 });
    const image = await loadImage(Buffer.from(await chartPng(chart)));
    const context = createCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { width } = chart.frame;
    const top = image.height / 2 - frameHeight(chart, width) - 10; // where the chart begins, in logical pixels
    const side = width - 50 - 96;
    const cell = (i: number, j: number) => {
      const x = 20 + 50 + ((j + 0.5) * side) / 4;
      const y = top + 36 + ((i + 0.5) * side) / 4;
      return [...context.getImageData(Math.round(2 * x), Math.round(2 * y), 1, 1).data.slice(0, 3)];
    };
    expect(image.width).toBe(2 * (width + 40));
    expect(cell(0, 1)).toEqual([208, 66, 0]);
    expect(cell(0, 3)).toEqual([0, 104, 190]);
    expect(cell(1, 2)).toEqual([255, 255, 255]);
    const [red, green, blue] = cell(2, 2);
    expect(red).toBe(green);
    expect(green).toBe(blue);
    expect(red).toBeLessThan(215);
  },
  TIMEOUT,
);
