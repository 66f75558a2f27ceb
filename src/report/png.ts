import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SKRSContext2D } from "@napi-rs/canvas";
import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import * as echarts from "echarts/dist/echarts.esm.min.mjs";
import { printable, printableLines } from "../text/printable.ts";
import type { Chart } from "./charts/chart.ts";
import { frameHeight, isCrossed } from "./charts/chart.ts";
import { shapes } from "./charts/shapes.ts";
import type { ThemeName } from "./charts/theme.ts";
import { chartTheme, colors } from "./charts/theme.ts";
import { type FigureLook, widthOfShape } from "./figureLook.ts";
import { splitWide } from "./terminal/wide.ts";

/** Private names: text looks the same on every machine, whatever fonts it has. */
const FAMILY = "Batchscope Sans, Batchscope CJK";
const DENSITY = 2;
const MARGIN = 20;

/**
 * DejaVu has no Chinese, Japanese or Korean; with one of these on the system, run names in those scripts are drawn too.
 */
const CJK_FONTS =
  /^(NotoSans(Mono)?CJK|NotoSansSC|SourceHanSans|wqy-(micro|zen)hei|DroidSansFallback|PingFang|STHeiti|Hiragino Sans GB|msyh|simhei|simsun).*\.(ttc|ttf|otf)$/i;

/** Where systems keep fonts: Linux's, those of its user, macOS's and Windows's. */
function fontFolders(): string[] {
  const data = process.env.XDG_DATA_HOME || join(homedir(), ".local/share");
  const own = [join(data, "fonts"), join(homedir(), ".fonts"), join(homedir(), "Library/Fonts")];
  const mac = ["/System/Library/Fonts", "/Library/Fonts"];
  return ["/usr/share/fonts", "/usr/local/share/fonts", ...own, ...mac, "C:\\Windows\\Fonts"];
}

/** The file that Chinese is drawn with in PNGs; undefined where the system has none that is known here. */
export const chineseFont = (() => {
  let found: { readonly path: string | undefined } | undefined;
  return (): string | undefined => {
    found ??= {
      path: fontFolders()
        .map(fontIn)
        .find((path) => path !== undefined),
    };
    return found.path;
  };
})();

/** A regular weight goes before the others of its folder. */
function fontIn(folder: string): string | undefined {
  const fonts = filesBelow(folder).filter((path) => CJK_FONTS.test(basename(path)));
  const file = fonts.sort().find((path) => /regular|^[^-]*$|wqy/i.test(basename(path))) ?? fonts[0];
  return file === undefined ? undefined : join(folder, file);
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    // A folder that is not there or may not be read holds no font for us.
    return [];
  }
}

/** Fonts, text measurement and our shapes: once per process, before the first chart is drawn on Node. */
export const drawing = (() => {
  let ready = false;
  return (): { readonly echarts: typeof echarts; readonly fontFamily: string } => {
    if (!ready) prepare();
    ready = true;
    return { echarts, fontFamily: FAMILY };
  };
})();

function prepare(): void {
  for (const file of ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
    GlobalFonts.registerFromPath(fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${file}`)), "Batchscope Sans");
  const cjk = chineseFont();
  if (cjk) GlobalFonts.registerFromPath(cjk, "Batchscope CJK");
  const measuring = createCanvas(8, 8).getContext("2d");
  echarts.setPlatformAPI({
    createCanvas: () => createCanvas(8, 8) as never,
    measureText: (text, font) => measure(measuring, text, font),
  });
  for (const [name, renderItem] of Object.entries(shapes)) echarts.registerCustomSeries(name, renderItem);
}

/**
 * The same on every machine, whatever fonts it has: wide characters count one em each, where a machine without a
 * Chinese font would measure empty boxes. ECharts takes the width of one of them for the height of every line.
 */
function measure(context: SKRSContext2D, text: string, font = ""): { readonly width: number } {
  const [, style = "", size = "12"] = /^(.*?)([\d.]+)px/.exec(font) ?? [];
  context.font = `${style}${size}px ${FAMILY}`;
  const { wide, narrow } = splitWide(printableLines(text));
  return { width: context.measureText(narrow).width + Number(size) * wide };
}

/** Where a chart stands on its picture, in logical pixels but for `density`, device pixels per logical one. */
interface Layout {
  readonly lines: readonly string[];
  readonly width: number;
  readonly top: number;
  readonly height: number;
  readonly density: number;
}

/**
 * The chart as a PNG with its title and caption above it. Without a size it is `frame.width` logical pixels wide plus
 * margins, at two device pixels per logical one; with one it fills that many device pixels. The same chart gives the
 * same bytes.
 */
export async function chartPng(chart: Chart, look: FigureLook = {}): Promise<Uint8Array> {
  drawing();
  const theme = look.theme ?? "light";
  const layout = layoutOf(chart, look);
  const { width, top, height, density } = layout;
  const option = await withImages(chart.option);
  const plot = createCanvas(Math.round(width * density), Math.round(height * density));
  showControls(plot.getContext("2d"));
  const instance = echarts.init(plot as never, chartTheme(theme, FAMILY, isCrossed(chart)), {
    devicePixelRatio: density,
    width,
    height,
  });
  try {
    const finished = new Promise<void>((resolve) => instance.on("finished", () => resolve()));
    instance.setOption({ ...option, animation: false });
    await finished;
    const drawn = { width: (width + 2 * MARGIN) * density, height: (top + height + MARGIN / 2) * density };
    const page = look.size ? createCanvas(look.size.width, look.size.height) : createCanvas(drawn.width, drawn.height);
    const context = page.getContext("2d");
    context.fillStyle = colors[theme].background;
    context.fillRect(0, 0, page.width, page.height);
    context.translate(Math.floor((page.width - drawn.width) / 2), Math.floor((page.height - drawn.height) / 2));
    context.drawImage(plot, Math.round(MARGIN * density), Math.round(top * density));
    context.scale(density, density);
    heading(context, printable(chart.title), layout.lines, theme);
    return await page.encode("png");
  } finally {
    instance.dispose();
  }
}

/** A page of the size that is asked for is laid out in its shape first and then brought to its pixels. */
function layoutOf(chart: Chart, { size, caption = true }: FigureLook): Layout {
  const measuring = createCanvas(8, 8).getContext("2d");
  const at = (width: number) => {
    const lines = caption ? wrap(measuring, printable(chart.caption), width) : [];
    return { lines, width, top: MARGIN + 30 + 17 * lines.length + 10, height: frameHeight(chart, width) };
  };
  const roomAround = (width: number) => at(width).top + MARGIN / 2;
  if (!size) return { ...at(chart.frame.width), density: DENSITY };
  const layout = at(widthOfShape(chart, size, { wide: 2 * MARGIN, high: roomAround }));
  const wide = size.width / (layout.width + 2 * MARGIN);
  return { ...layout, density: Math.min(wide, size.height / (layout.top + layout.height + MARGIN / 2)) };
}

/**
 * The option with the images of its series decoded. ECharts is given them by functions: it keeps the last 50 images
 * that it loads by their addresses for as long as the process lives, and copies objects.
 */
async function withImages(option: Chart["option"]): Promise<Chart["option"]> {
  const { series } = option;
  if (!Array.isArray(series)) return option;
  const drawn = series.map(async (one) => {
    const address = one.itemPayload?.image;
    if (typeof address !== "string") return one;
    const image = await loadImage(Buffer.from(address.slice(address.indexOf(",") + 1), "base64"));
    return { ...one, itemPayload: { ...one.itemPayload, image: () => image } };
  });
  return { ...option, series: await Promise.all(drawn) };
}

/** What ECharts draws of names shows their control characters as everything else does. */
function showControls(context: SKRSContext2D): void {
  const { fillText, strokeText } = context;
  context.fillText = (text, ...place) => fillText.call(context, printable(text), ...place);
  context.strokeText = (text, ...place) => strokeText.call(context, printable(text), ...place);
}

function heading(context: SKRSContext2D, title: string, lines: readonly string[], theme: ThemeName): void {
  context.textBaseline = "top";
  context.fillStyle = colors[theme].text;
  context.font = `bold 17px ${FAMILY}`;
  context.fillText(title, MARGIN, MARGIN - 4);
  context.fillStyle = colors[theme].muted;
  context.font = `12px ${FAMILY}`;
  lines.forEach((line, i) => {
    context.fillText(line, MARGIN, MARGIN + 26 + 17 * i);
  });
}

/**
 * `text` in lines of at most `width` pixels, broken at spaces and between Chinese characters, not before punctuation.
 */
function wrap(context: SKRSContext2D, text: string, width: number): string[] {
  context.font = `12px ${FAMILY}`;
  const lines = [""];
  for (const word of text.match(/ ?(?:\p{Script=Han}|[^ \p{Script=Han}]+)[，。；：、）]*/gu) ?? []) {
    const longer = lines.at(-1) + word;
    if (context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word.trimStart());
  }
  return lines;
}
