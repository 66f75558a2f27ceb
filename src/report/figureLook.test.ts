import { createCanvas, loadImage } from "@napi-rs/canvas";
import { expect, test } from "vitest";
import type { Chart } from "./charts/chart.ts";
import { frameHeight } from "./charts/chart.ts";
import { colors } from "./charts/theme.ts";
import { widthOfShape } from "./figureLook.ts";
import { chartPng } from "./png.ts";
import { chartSvg } from "./svg.ts";

const chart = (frame: Chart["frame"]): Chart => ({
  title: "A title",
  caption: "Words that fill more than one line of a narrow figure. ".repeat(8),
  option: {
    grid: { left: 50, right: 20, top: 20, bottom: 30 },
    xAxis: { type: "value" },
    yAxis: { type: "value" },
    series: [
      {
        type: "line",
        data: [
          [0, 1],
          [1, 2],
        ],
      },
    ],
  },
  frame,
});
const wide = chart({ width: 800, perWidth: 0, fixed: 380 });
const square = chart({ width: 640, perWidth: 1, fixed: -56 });
const tall = chart({ width: 800, perWidth: 0, fixed: 1200 });

async function pixelsOf(png: Uint8Array) {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const at = (x: number, y: number, w: number, h: number) => [...context.getImageData(x, y, w, h).data];
  return { width: image.width, height: image.height, at };
}

const hex = (rgba: readonly number[]) =>
  `#${rgba
    .slice(0, 3)
    .map((one) => one.toString(16).padStart(2, "0"))
    .join("")}`;

test.each([
  ["a wide chart", wide, { width: 1280, height: 720 }, "light"],
  ["a square one", square, { width: 1280, height: 720 }, "dark"],
  ["a tall one", tall, { width: 700, height: 500 }, "light"],
  ["a wide chart on a tall page", wide, { width: 400, height: 900 }, "dark"],
] as const)("%s fills a picture of the size asked for, and none of it is cut", async (_, one, size, theme) => {
  const { width, height, at } = await pixelsOf(await chartPng(one, { size, theme }));
  expect({ width, height }).toEqual(size);
  const edges = [at(0, 0, width, 2), at(0, height - 2, width, 2), at(0, 0, 2, height), at(width - 2, 0, 2, height)];
  for (const edge of edges)
    for (let i = 0; i < edge.length; i += 4) expect(hex(edge.slice(i))).toBe(colors[theme].background);
  const drawn = at(0, 0, width, height).filter((_one, i) => i % 4 === 0);
  expect(new Set(drawn).size).toBeGreaterThan(5);
});

test("without its caption a figure is as much lower as the lines were high", async () => {
  const [whole, bare] = [
    await pixelsOf(await chartPng(wide)),
    await pixelsOf(await chartPng(wide, { caption: false })),
  ];
  expect(bare.height).toBe(2 * (20 + 30 + 10 + 380 + 10));
  expect((whole.height - bare.height) % (2 * 17)).toBe(0);
  expect(whole.height).toBeGreaterThan(bare.height);
});

test("an SVG of a size keeps the proportions of what it shows", () => {
  const svg = chartSvg(square, "dark", { width: 1920, height: 1080 });
  expect(svg).toMatch(/^<svg width="1920" height="1080" style="background:#16191d" [^>]*viewBox="0 0 640 584"/);
  expect(chartSvg(square, "dark")).toMatch(/^<svg width="640" height="584" /);
});

test("a chart that can be stretched takes the shape of the page, a square one keeps its own", () => {
  const around = { wide: 40, high: () => 60 };
  const at = (one: Chart) => widthOfShape(one, { width: 1600, height: 900 }, around);
  expect((at(wide) + 40) / (frameHeight(wide, at(wide)) + 60)).toBeCloseTo(16 / 9, 2);
  expect(at(square)).toBe(640);
  const flat = chart({ width: 800, perWidth: 0, fixed: 100 });
  expect(widthOfShape(flat, { width: 900, height: 900 }, around)).toBe(640);
  expect(widthOfShape(tall, { width: 9000, height: 900 }, around)).toBe(2000);
});
