import { studentTQuantile } from "../statistics/studentT.ts";
import type { Interval } from "../statistics/types.ts";

/** The mean of independent values with Student's interval of 95 %. */
export function meanInterval(values: readonly number[]): Interval {
  const value = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  const error = Math.sqrt(squares / (values.length * (values.length - 1)));
  const half = studentTQuantile(0.95, values.length - 1) * error;
  return { value, lower: value - half, upper: value + half };
}
