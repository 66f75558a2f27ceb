import type { Chart, Json } from "../charts/chart.ts";
import type { ThemeName } from "../charts/theme.ts";

/** What the page's script finds in the JSON island. */
export interface PageData {
  readonly themes: Readonly<Record<ThemeName, Json>>;
  /** By the id of the element that they are drawn in. */
  readonly charts: Readonly<Record<string, Chart>>;
  /** Ids of the elements for the figures of one checkpoint, of which each checkpoint has some. */
  readonly slots: readonly string[];
  readonly checkpoints: readonly CheckpointCharts[];
  /** The figure that a reader may look into, and what its chart has for it. */
  readonly zoom: { readonly figure: string; readonly option: { readonly [key: string]: Json } };
  /**
   * The figure whose values a pointer reads, "batch {i} and batch {j}: cosine {value}", and what stands for a value
   * that is undefined.
   */
  readonly readout: { readonly figure: string; readonly between: string; readonly undefined: string };
}

export interface CheckpointCharts {
  readonly charts: Readonly<Record<string, Chart>>;
  /** Cosines for the read-out under the pointer; null where the matrix is too large to carry. */
  readonly cosine: readonly (readonly (number | null)[])[] | null;
}

/** The little of a browser that the script uses, as this program is checked without the browser's types. */
interface Element {
  readonly clientWidth: number;
  readonly style: Record<string, string>;
  hidden: boolean;
  textContent: string | null;
  value: string;
  addEventListener(type: string, listener: () => void): void;
}

interface Instance {
  setOption(option: Json, notMerge: boolean): void;
  setTheme(theme: Json): void;
  resize(): void;
  convertFromPixel(finder: { gridIndex: number }, at: readonly number[]): readonly number[];
  getZr(): { on(type: string, listener: (event: { offsetX: number; offsetY: number }) => void): void };
}

export interface PageHost {
  readonly document: { getElementById(id: string): Element };
  readonly echarts: {
    init(element: Element, theme: Json): Instance;
    registerCustomSeries(name: string, renderItem: unknown): void;
  };
  matchMedia(query: string): { readonly matches: boolean; addEventListener(type: string, listener: () => void): void };
  addEventListener(type: string, listener: () => void): void;
}

/**
 * The script of the HTML report. The page carries its source text, so it may use nothing of this module, and is long.
 */
export function startPage(host: PageHost, shapes: Record<string, unknown>): void {
  const byId = (id: string) => host.document.getElementById(id);
  const data = JSON.parse(byId("data").textContent ?? "") as PageData;
  const dark = host.matchMedia("(prefers-color-scheme: dark)");
  const theme = () => (dark.matches ? data.themes.dark : data.themes.light);
  const drawn = new Map<string, { instance: Instance; chart: Chart }>();
  for (const [name, renderItem] of Object.entries(shapes)) host.echarts.registerCustomSeries(name, renderItem);

  const setHeight = (id: string, { frame }: Chart) => {
    // What is as high as wide shall not fill a screen.
    if (frame.perWidth > 0) byId(id).style.maxWidth = `${frame.width}px`;
    byId(id).style.height = `${Math.round(frame.perWidth * byId(id).clientWidth + frame.fixed)}px`;
  };
  const draw = (id: string, chart: Chart) => {
    setHeight(id, chart);
    const instance = drawn.get(id)?.instance ?? host.echarts.init(byId(id), theme());
    const zoom = id === data.zoom.figure ? data.zoom.option : {};
    instance.setOption({ ...chart.option, ...zoom, animation: false }, true);
    instance.resize();
    drawn.set(id, { instance, chart });
  };
  const current = () => data.checkpoints[Number(byId("checkpoint").value)];
  const drawCheckpoint = () => {
    for (const id of data.slots) {
      const chart = current()?.charts[id];
      byId(`${id}-figure`).hidden = chart === undefined;
      if (chart === undefined) continue;
      draw(id, chart);
      byId(`${id}-title`).textContent = chart.title;
      byId(`${id}-caption`).textContent = chart.caption;
    }
  };
  const readOut = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) => {
    const at = drawn.get(data.readout.figure)?.instance.convertFromPixel({ gridIndex: 0 }, [offsetX, offsetY]) ?? [];
    const [j, i] = at as [number, number];
    const value = current()?.cosine?.[i]?.[j];
    const shown = value === null ? data.readout.undefined : String(value).replace("-", "−");
    const text = data.readout.between.replace("{i}", String(i)).replace("{j}", String(j)).replace("{value}", shown);
    byId("readout").textContent = value === undefined ? "" : text;
  };

  for (const [id, chart] of Object.entries(data.charts)) draw(id, chart);
  if (data.checkpoints.length > 0) {
    drawCheckpoint();
    byId("checkpoint").addEventListener("change", drawCheckpoint);
    for (const type of ["mousemove", "click"]) drawn.get(data.readout.figure)?.instance.getZr().on(type, readOut);
  }
  dark.addEventListener("change", () => {
    for (const { instance } of drawn.values()) instance.setTheme(theme());
  });
  host.addEventListener("resize", () => {
    for (const [id, { instance, chart }] of drawn) {
      if (byId(`${id}-figure`).hidden) continue;
      setHeight(id, chart);
      instance.resize();
    }
  });
}
