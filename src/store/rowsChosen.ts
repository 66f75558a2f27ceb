/** How many mini-batches an analysis drew that was not told how many, and why no more. */
export interface RowsChosen {
  readonly rows: number;
  /**
   * "resolved": the interval of the noise scale is within a factor of two; "time": a minute would not suffice for twice
   * as many; "data": there are no more; "most": nor are more drawn unless asked for; "memory": more would have needed a
   * sketch.
   */
  readonly stopped: "resolved" | "time" | "data" | "most" | "memory";
}
