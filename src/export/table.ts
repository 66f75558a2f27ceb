import type { MetricRecord } from "../store/schema.ts";
import { csvText } from "./csvText.ts";
import { eachNumber, type MetricSurvey, surveyed } from "./metricFields.ts";

/** Rows of CSV that are written at once, unless they are long. */
const ROWS = 4096;
const CHARACTERS = 2 ** 22;

/** What places a record, before its numbers. */
export const placing = ["kind", "step", "epoch"] as const;

/**
 * RFC 4180 with a header and a row for each record, in pieces; what a record lacks is an empty cell. Numbers are the
 * shortest text that gives the same float64 again; what is not finite is NaN, Infinity or -Infinity. Texts are no
 * formulas: see `csvText`. `survey` is of `metrics`, or of those before others. Throws `DataError` as `surveyed`.
 */
export function* metricsCsv(survey: MetricSurvey, metrics: Iterable<MetricRecord>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const places = new Map(survey.names.map((name, i) => [name, placing.length + i]));
  const cells = new Array<string>(placing.length + survey.names.length);
  const take = (name: string, value: number) => {
    const place = places.get(name);
    if (place !== undefined) cells[place] = String(value);
  };
  let text = `${[...placing, ...survey.names].map(csvText).join(",")}\r\n`;
  let rows = 1;
  for (const record of surveyed(survey, metrics)) {
    if (rows === ROWS || text.length > CHARACTERS) {
      yield encoder.encode(text);
      [text, rows] = ["", 0];
    }
    cells.fill("");
    cells[0] = csvText(record.kind);
    cells[1] = String(record.step);
    cells[2] = String(record.epoch);
    eachNumber(record, take);
    text += `${cells.join(",")}\r\n`;
    rows++;
  }
  yield encoder.encode(text);
}
