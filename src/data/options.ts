import type { SeriesOptions } from "./series.ts";
import type { TextOptions } from "./text.ts";

/** How data are read, where the kind of data leaves a choice. What is left out has the default of the data. */
export interface DataOptions {
  /** Of time series. */
  readonly series?: Partial<SeriesOptions> | undefined;
  /** Of texts. */
  readonly text?: TextOptions | undefined;
}
