import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";

const images: WeakRef<object>[] = [];

vi.mock("@napi-rs/canvas", async (original) => {
  const canvas = await original<typeof import("@napi-rs/canvas")>();
  const loadImage = async (...given: Parameters<typeof canvas.loadImage>) => {
    const image = await canvas.loadImage(...given);
    images.push(new WeakRef(image));
    return image;
  };
  class Counted extends canvas.Image {
    constructor() {
      super();
      images.push(new WeakRef(this));
    }
  }
  return { ...canvas, Image: Counted, loadImage };
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("the pictures of a heat map are freed once it is drawn", async () => {
  const { basePlan, plantedStatistics } = await import("../../test/fixtures/analysis.ts");
  const { cosineHeatmap } = await import("./charts/cosineHeatmap.ts");
  const { chartPng } = await import("./png.ts");
  const small = plantedStatistics({ ...basePlan, rows: 4 });
  for (const epoch of [1, 2, 3]) {
    const cosine = small.cosine.map((row) => row.map((value) => value / epoch));
    await chartPng(cosineHeatmap({ ...small, cosine }, { epoch }));
  }
  // The references of this turn of the event loop hold what they have named.
  await new Promise(setImmediate);
  collect();
  expect(images.length).toBeGreaterThanOrEqual(4);
  expect(images.filter((image) => image.deref() !== undefined)).toHaveLength(0);
});
