import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenPage, openPath } from "./browser.ts";

let open: OpenPage;
beforeAll(async () => {
  open = await openPath("examples/browser/index.html");
});
afterAll(() => open?.close());

test("the example of a page trains in it, and shows what came of it", async () => {
  await open.page.waitForSelector("body[data-done]", { timeout: 120_000 });
  const answer = await open.page.textContent("#answer");
  const [, epoch, of, accuracy] = /^Epoch (\d+) of (\d+): ([\d.]+) % of the validation points are right\.$/.exec(
    answer!,
  )!;
  expect(epoch).toBe(of);
  expect(Number(accuracy)).toBeGreaterThan(90);
  const points = (await open.page.getAttribute("#curve", "points"))!.split(" ");
  expect(points).toHaveLength(Number(of));
  // It fell: further down on the page.
  const [first, last] = [points[0], points.at(-1)].map((point) => Number(point!.split(",")[1]));
  expect(last).toBeGreaterThan(first!);
});
