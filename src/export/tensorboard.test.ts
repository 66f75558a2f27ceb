import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { epochRecord, stepRecord } from "../../test/scratchStore.ts";
import type { MetricRecord } from "../store/schema.ts";
import { openEvents } from "./eventFiles.ts";
import { eventFile, metricEvent, restartEvent, versionEvent } from "./tensorboard.ts";

interface Seen {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  readonly start?: boolean;
  readonly scalars: Record<string, number>;
}

/**
 * Another reader of the format: bit by bit CRC, fields by hand. Throws on anything that is not as TensorFlow writes it.
 */
function read(bytes: Uint8Array): Seen[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const seen: Seen[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== maskedCrc(bytes.subarray(at, at + 8))) throw new Error(`length at ${at}`);
    const data = bytes.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== maskedCrc(data)) throw new Error(`data at ${at}`);
    seen.push(readEvent(data));
    at += 16 + length;
  }
  return seen;
}

function maskedCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Field number and contents: a number for varints, bytes for the rest. */
function fields(bytes: Uint8Array): [number, number | Uint8Array][] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = () => {
    let [value, factor] = [0, 1];
    for (; ; factor *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const size = { 1: 8, 5: 4 }[key & 7] ?? ((key & 7) === 2 ? varint() : undefined);
    if (size === undefined) found.push([key >> 3, varint()]);
    else {
      found.push([key >> 3, bytes.subarray(at, at + size)]);
      at += size;
    }
  }
  return found;
}

function readEvent(data: Uint8Array): Seen {
  const event = new Map(fields(data));
  const number = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const scalars = fields((event.get(5) as Uint8Array | undefined) ?? new Uint8Array()).map(([, value]) => {
    const parts = new Map(fields(value as Uint8Array));
    return [text(parts.get(1) as Uint8Array), number(parts.get(2) as Uint8Array).getFloat32(0, true)];
  });
  return {
    wallTime: number(event.get(1) as Uint8Array).getFloat64(0, true),
    step: Number(event.get(2) ?? 0),
    ...(event.has(3) && { version: text(event.get(3) as Uint8Array) }),
    ...(event.has(7) && { start: new Map(fields(event.get(7) as Uint8Array)).get(1) === 1 }),
    scalars: Object.fromEntries(scalars),
  };
}

const joined = (arrays: readonly Uint8Array[]) => Uint8Array.from(arrays.flatMap((array) => [...array]));

describe("events", () => {
  test("begin with the bytes that every TensorFlow event file begins with", () => {
    const bytes = Buffer.from(versionEvent(1_700_000_000));
    // Length 24 and its masked CRC, the tag of wall_time, and after the time the version.
    expect(bytes.subarray(0, 13).toString("hex")).toBe("1800000000000000a37f4b2209");
    expect(bytes.subarray(21, 36).toString("latin1")).toBe("\x1a\x0dbrain.Event:2");
  });

  test("say every number of a record as another reader reads it", () => {
    const epoch = { ...epochRecord(3, 700_000), validationLoss: Number.NaN };
    const [version, step, end, restart] = read(
      joined([...eventFile([stepRecord(12), epoch], 1000), restartEvent(1100, 13)]),
    );
    expect(version).toEqual({ wallTime: 1000, step: 0, version: "brain.Event:2", scalars: {} });
    expect(step).toEqual({
      wallTime: 1012,
      step: 12,
      scalars: {
        "step/examples": 96,
        "step/loss": Math.fround(1 / 12),
        "step/gradientNorm": 2.5,
        "step/learningRate": Math.fround(0.1),
        "step/seconds": 12,
      },
    });
    expect(end).toMatchObject({ step: 700_000, scalars: { "epoch/validationLoss": Number.NaN } });
    expect(restart).toEqual({ wallTime: 1100, step: 13, start: true, scalars: {} });
  });

  test("hold numbers that are larger than float32 holds", () => {
    expect(read(metricEvent(stepRecord(1, 1e300), 0))[0]!.scalars["step/loss"]).toBe(Number.POSITIVE_INFINITY);
  });
});

/** What TensorBoard shows: a start makes it forget what it has of that step and later ones. */
function shown(folder: string): number[] {
  let steps: number[] = [];
  for (const name of readdirSync(folder).sort())
    for (const event of read(readFileSync(join(folder, name)))) {
      if (event.start) steps = steps.filter((step) => step < event.step);
      if (Object.keys(event.scalars).length > 0) steps.push(event.step);
    }
  return steps;
}

describe("event files of a run", () => {
  let path = "";
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "batchscope-events-"));
    vi.useFakeTimers({ toFake: ["Date"], now: 1_700_000_000_250 });
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(path, { recursive: true });
  });
  const steps = (...numbers: number[]): MetricRecord[] => numbers.map((step) => stepRecord(step));
  const write = (kept: readonly MetricRecord[], more: readonly MetricRecord[]) => {
    const writer = openEvents({ path }, () => kept);
    for (const record of more) writer.append(record);
    writer.close();
  };

  test("are named by time and host", () => {
    write([], steps(1, 2));
    expect(readdirSync(path)).toEqual([`events.out.tfevents.1700000000.${hostname()}`]);
    expect(shown(path)).toEqual([1, 2]);
  });

  test.each([
    ["went further than the checkpoint", steps(1, 2, 3, 4), 2],
    ["ended at the checkpoint", steps(1, 2), 2],
    ["was killed before its events were written", steps(1), 3],
    ["was written without them", [], 3],
  ])("go on after one that %s, each step once and in no file twice", (_, before, checkpoint) => {
    if (before.length > 0) write([], before);
    const kept = steps(...[1, 2, 3].slice(0, checkpoint));
    write(kept, steps(checkpoint + 1, checkpoint + 2));
    expect(shown(path)).toEqual(Array.from({ length: checkpoint + 2 }, (_, i) => i + 1));
    const all = readdirSync(path).flatMap((name) => read(readFileSync(join(path, name))));
    expect(all.filter(({ scalars }) => Object.keys(scalars).length > 0)).toHaveLength(checkpoint + 2);
  });

  test.each([1, 11, 30])("lose the %i bytes of a torn end, and are read past it", (bytes) => {
    write([], steps(1, 2));
    const [name] = readdirSync(path);
    appendFileSync(join(path, name!), metricEvent(stepRecord(3), 5).subarray(0, bytes));
    write(steps(1, 2), steps(3));
    expect(shown(path)).toEqual([1, 2, 3]);
  });
});
