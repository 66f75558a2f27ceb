import { expect, test } from "vitest";
import { sizeText } from "./size.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "0.977 KiB"],
  [1024, "1.00 KiB"],
  [1_234_567, "1.18 MiB"],
  [999.6 * 2 ** 20, "0.976 GiB"],
  [166 * 2 ** 20, "166 MiB"],
  [3 * 2 ** 40, "3.00 TiB"],
  [5000 * 2 ** 40, "5.00e+3 TiB"],
])("%d bytes", (bytes, expected) => expect(sizeText(bytes)).toBe(expected));
