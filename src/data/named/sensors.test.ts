import { describe, expect, test } from "vitest";
import { openData } from "../registry.ts";
import { parseSensors } from "./sensors.ts";

const header = "reading,mote_id,indoor,humidity,temperature,label\n";

describe("sensors", () => {
  test.each(["sensors", "DualGAF"])(
    "%s: no mote is on both sides, and each side has an anomaly of its own",
    async (name) => {
      for (const [subset, sides] of [
        [
          "1-to-4",
          [
            ["mote 1", "mote 3"],
            ["mote 2", "mote 4"],
          ],
        ],
        [
          "4-to-1",
          [
            ["mote 2", "mote 4"],
            ["mote 1", "mote 3"],
          ],
        ],
      ] as const) {
        const { train, validation } = await openData(name, { subset });
        expect([train, validation].map(({ columns }) => [...new Set(columns!.series)])).toEqual(sides);
        for (const { columns, labels } of [train, validation]) {
          const hit = [...labels.keys()]
            .filter((i) => labels[i] === 1)
            .map((i) => `${columns!.series![i]} ${columns!.start![i]}`);
          // Readings 2344 … 2460 and 2362 … 2393, counted from 1, are the anomalies: 37 and 16 windows of 32, 4 apart,
          // touch them.
          const [mote, first, count] = columns!.series!.includes("mote 1") ? [1, 2312, 37] : [4, 2332, 16];
          expect([hit[0], hit.length]).toEqual([`mote ${mote} ${first}`, count]);
        }
      }
    },
  );

  test("DualGAF is known in any case, with two fields of two quantities", async () => {
    const { train } = await openData("dualgaf");
    expect([train.name, train.size, train.inputs[0]!.shape]).toEqual(["DualGAF", 2349, [4, 32, 32]]);
  });

  test("the window can be chosen", async () => {
    const { train } = await openData("sensors", { series: { length: 64, stride: 16, statistics: "basic" } });
    expect(train.inputs.map(({ shape }) => shape)).toEqual([[2, 64], [16]]);
    expect(train.size).toBe(Math.floor((4417 - 64) / 16) + 1 + Math.floor((5039 - 64) / 16) + 1);
  });

  test.each([
    [
      "mnist",
      { series: { length: 8 } },
      "mnist: expected no options of series for such data, got some; leave out `windowLength`,",
    ],
    [
      "sensors",
      { fields: { fieldSize: 8 } },
      "sensors: expected no options of fields for such data, got some; leave out `fieldSize`",
    ],
    ["DualGAF", { text: { sequenceLength: 8 } }, "DualGAF: expected no options of text for such data"],
  ])("%s refuses options that mean nothing for it: %j", async (name, options, message) => {
    await expect(openData(name, options)).rejects.toThrow(message);
  });

  test.each([
    ["mote,humidity\n", /^f: expected the columns reading,mote_id.*, got "mote,humidity"; install it again$/],
    [`${header}1,1,1,45.9,28,0\n2,1,1,x,28,0\n`, /^f: expected a reading in line 3, got "2,1,1,x,28,0"/],
    [`${header}1,9,1,45.9,28,0\n`, /^f: expected a reading in line 2/],
    [`${header}1,1,1,45.9,28,0\n`, /^f: expected readings of four motes, got none of 2, 3, 4; install it again$/],
  ])("another file is refused, %#", (text, message) => {
    expect(() => parseSensors(text, "f")).toThrow(message);
  });
});
