import { expect, test } from "vitest";
import { normalTail } from "./normal.ts";

/** P(Z > z) from a table of the normal distribution (DLMF 7.8, and R's pnorm to 15 digits). */
test.each([
  [0, 0.5],
  [1, 0.158655253931457],
  [1.959963984540054, 0.025],
  [4, 3.16712418331199e-5],
  [8, 6.22096057427178e-16],
  [-2, 0.977249868051821],
])("P(Z > %f)", (z, tail) => {
  expect(Math.abs(normalTail(z) / tail - 1)).toBeLessThan(2e-7);
});
