import { printableLines } from "../text/printable.ts";
import type { Chart } from "./charts/chart.ts";
import { frameHeight, isCrossed } from "./charts/chart.ts";
import type { ThemeName } from "./charts/theme.ts";
import { chartTheme } from "./charts/theme.ts";
import { drawing } from "./png.ts";

/** Fonts as wide as those that the text was measured in, or narrower. */
const ANYWHERE = "DejaVu Sans, Verdana, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif";

/**
 * The chart, without its title and caption, as an SVG document with numbers rounded to three decimals and ids counted
 * from 0, so that equal charts give equal text in every process.
 */
export function chartSvg(chart: Chart, theme: ThemeName): string {
  const { echarts, fontFamily } = drawing();
  const { width } = chart.frame;
  const height = frameHeight(chart, width);
  const instance = echarts.init(null, chartTheme(theme, fontFamily, isCrossed(chart)), {
    renderer: "svg",
    ssr: true,
    width,
    height,
  });
  try {
    instance.setOption({ ...chart.option, animation: false });
    return printableLines(stable(instance.renderToSVGString())).replaceAll(fontFamily, ANYWHERE);
  } finally {
    instance.dispose(); // or the process never ends
  }
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
