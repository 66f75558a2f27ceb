import { createCanvas } from "@napi-rs/canvas";
import { type Chart, frameHeight } from "../src/report/charts/chart.ts";
import { drawing } from "../src/report/png.ts";
import { chartSvg } from "../src/report/svg.ts";
import { splitWide } from "../src/report/terminal/wide.ts";

/** Where a text of a picture stands, in pixels. */
export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Neither upright nor level, so that the box is larger than the text. */
  readonly slanting: boolean;
}

/** The texts of a chart drawn so wide that leave its frame, and the pairs that lie on each other. */
export function faultsOf(chart: Chart, width = chart.frame.width): string[] {
  const frame = { ...chart.frame, width };
  const boxes = textBoxes(chartSvg({ ...chart, frame }, "light"));
  const height = frameHeight(chart, width);
  const out = boxes.filter(({ left, right, top, bottom }) => {
    return left < -SLACK || top < -SLACK || right > width + SLACK || bottom > height + SLACK;
  });
  const pairs = boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter((b) => overlap(a, b))
      .map((b) => [a, b] as const),
  );
  return [...out.map(({ text }) => `cut: ${text}`), ...pairs.map(([a, b]) => `on each other: ${a.text} | ${b.text}`)];
}

/** Fonts are rounded. */
const SLACK = 1;

function overlap(a: TextBox, b: TextBox): boolean {
  if (a.slanting || b.slanting) return false;
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 2 && down > 3;
}

export function textBoxes(svg: string): TextBox[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes, inner]) => boxOf(attributes!, inner!));
}

function boxOf(attributes: string, inner: string): TextBox {
  const text = inner.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  const number = (name: string) => Number(new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? 0);
  const size = Number(/font-size:([\d.]+)px/.exec(attributes)?.[1] ?? 12);
  const width = measured(text, size, attributes.includes("font-weight:bold"));
  const anchor = /text-anchor="(\w+)"/.exec(attributes)?.[1] ?? "start";
  const left = number("x") - { start: 0, middle: width / 2, end: width }[anchor]!;
  const central = attributes.includes('dominant-baseline="central"');
  const [top, bottom] = central
    ? [number("y") - size / 2, number("y") + size / 2]
    : [number("y") - 0.8 * size, number("y") + 0.2 * size];
  const place = placeOf(attributes);
  const corners = [
    [left, top],
    [left + width, top],
    [left, bottom],
    [left + width, bottom],
  ].map(([x, y]) => place(x!, y!));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [ax, ay] = place(1, 0);
  const [bx, by] = place(0, 0);
  return {
    text,
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
    slanting: Math.min(Math.abs(ax - bx), Math.abs(ay - by)) > 0.01,
  };
}

/** What the transform of an element makes of a place. */
function placeOf(attributes: string): (x: number, y: number) => readonly [number, number] {
  const given = /transform="([^"]*)"/.exec(attributes)?.[1] ?? "";
  const numbers = (name: string) => new RegExp(`${name}\\(([^)]*)\\)`).exec(given)?.[1]?.split(/[ ,]+/).map(Number);
  const matrix = numbers("matrix");
  if (matrix) {
    const [a, b, c, d, e, f] = matrix as [number, number, number, number, number, number];
    return (x, y) => [a * x + c * y + e, b * x + d * y + f];
  }
  const [dx = 0, dy = 0] = numbers("translate") ?? [];
  const angle = ((numbers("rotate")?.[0] ?? 0) * Math.PI) / 180;
  return (x, y) => [dx + Math.cos(angle) * x - Math.sin(angle) * y, dy + Math.sin(angle) * x + Math.cos(angle) * y];
}

/** As the pictures are measured: wide characters one em each. */
function measured(text: string, size: number, bold: boolean): number {
  const { fontFamily } = drawing();
  context.font = `${bold ? "bold " : ""}${size}px ${fontFamily}`;
  const { wide, narrow } = splitWide(text);
  return context.measureText(narrow).width + size * wide;
}

const context = createCanvas(8, 8).getContext("2d");
