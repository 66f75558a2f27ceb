import { rmSync } from "node:fs";
import { afterAll, expect, test, vi } from "vitest";
import { deflated, gradientScene, matrix } from "../../../test/gradientScene.ts";
import { DataError } from "../../tensor/errors.ts";
import { fromNumbers } from "../../tensor/tensor.ts";
import { openGradients } from "./gradientSource.ts";

/** A disk on which there is room for 3,000 bytes before each array. */
vi.mock("node:fs", async (original) => ({
  ...(await original<typeof import("node:fs")>()),
  statfsSync: () => ({ bavail: 3000, bsize: 1 }),
}));

const { scene, path, folder } = gradientScene();
afterAll(() => rmSync(scene, { recursive: true, force: true }));

const small = matrix("float64");
const large = fromNumbers("float64", [5, 100], Array<number>(500).fill(1));
test.each([
  ["the array of a file", () => path("first.npz", deflated({ G: large }))],
  ["an array behind others", () => path("later.npz", deflated({ counts: small, G: large }))],
  [
    "the array of a later file",
    () => folder("apart", { "1.npz": deflated({ w: small }), "2.npz": deflated({ w: large }) }),
  ],
  [
    "an array of a later file",
    () => folder("many", { "1.npz": deflated({ w: small, v: small }), "2.npz": deflated({ w: small, v: large }) }),
  ],
])("%s that has no room on disk is refused before it is unpacked", async (_, file) => {
  const opened = openGradients(file());
  await expect(opened).rejects.toThrow(DataError);
  await expect(opened).rejects.toThrow(/got: 3000 bytes free of 4128 in /);
});

test("arrays that have room are taken", async () => {
  const source = await openGradients(
    path("taken.npz", deflated({ G: small, counts: fromNumbers("int64", [5], [1, 2, 3, 4, 5]) })),
  );
  expect([source.rows, source.counts]).toEqual([5, [1, 2, 3, 4, 5]]);
  source.close();
});
