import { printableLines } from "../text/printable.ts";
import type { Chart } from "./charts/chart.ts";
import { frameHeight, isCrossed } from "./charts/chart.ts";
import type { ThemeName } from "./charts/theme.ts";
import { chartTheme, colors } from "./charts/theme.ts";
import { type FigureSize, widthOfShape } from "./figureLook.ts";
import { drawing } from "./png.ts";

/** Fonts as wide as those that the text was measured in, or narrower. */
const ANYWHERE = "DejaVu Sans, Verdana, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif";

/**
 * The chart, without its title and caption, as an SVG document with numbers rounded to three decimals and ids counted
 * from 0, so that equal charts give equal text in every process. With a size it fills one of that many pixels.
 */
export function chartSvg(chart: Chart, theme: ThemeName, size?: FigureSize): string {
  const { echarts, fontFamily } = drawing();
  const width = size ? widthOfShape(chart, size, { wide: 0, high: () => 0 }) : chart.frame.width;
  const height = frameHeight(chart, width);
  const instance = echarts.init(null, chartTheme(theme, fontFamily, isCrossed(chart)), {
    renderer: "svg",
    ssr: true,
    width,
    height,
  });
  try {
    instance.setOption({ ...chart.option, animation: false });
    const svg = printableLines(stable(instance.renderToSVGString())).replaceAll(fontFamily, ANYWHERE);
    return size ? sized(svg, size, colors[theme].background) : svg;
  } finally {
    instance.dispose(); // or the process never ends
  }
}

/** The view box stays that of the chart, so that all of it is scaled and stands in the middle. */
function sized(svg: string, { width, height }: FigureSize, background: string): string {
  const fill = `style="background:${background}"`;
  return svg.replace(/^<svg width="\d+" height="\d+"/, `<svg width="${width}" height="${height}" ${fill}`);
}

function stable(svg: string): string {
  const ids = new Map<string, string>();
  return (
    svg
      .replace(/zr\d+-[\w-]+/g, (id) => {
        if (!ids.has(id)) ids.set(id, `id${ids.size}`);
        return ids.get(id)!;
      })
      // Places alone: a label that says 0.0005 stays as it is.
      .replace(/<[^>]*>/g, (tag) =>
        tag.replace(/(?<![\w#])-?\d+\.\d{4,}/g, (number) => String(Number(Number(number).toFixed(3)))),
      )
      .replaceAll("<image ", '<image preserveAspectRatio="none" ')
  );
}
