import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { MetricRecord } from "../store/schema.ts";
import { eachNumber } from "./metricFields.ts";
import { encodeRecord, inPieces } from "./tfrecord.ts";

/**
 * TensorBoard's events, in the wire format of protocol buffers. Field numbers of tensorflow/core/util/event.proto and
 * framework/summary.proto:
 *
 *   Event       wall_time 1 double · step 2 int64 · file_version 3 string · summary 5 Summary ·
 *               session_log 7 SessionLog
 *   Summary     value 1 repeated Value { tag 1 string · simple_value 2 float }
 *   SessionLog  status 1 enum, START = 1
 */
const field = {
  wallTime: 1,
  step: 2,
  fileVersion: 3,
  summary: 5,
  sessionLog: 7,
  value: 1,
  tag: 1,
  simpleValue: 2,
  status: 1,
};
const START = 1;

/** The first record of every file. */
export function versionEvent(wallTime: number): Uint8Array {
  return encodeRecord(
    event(wallTime).tag(field.fileVersion, WireType.LengthDelimited).string("brain.Event:2").finish(),
  );
}

/** Tells TensorBoard to forget what it has of this step and later ones. */
export function restartEvent(wallTime: number, step: number): Uint8Array {
  const log = new BinaryWriter().tag(field.status, WireType.Varint).int32(START).finish();
  return encodeRecord(stepped(wallTime, step).tag(field.sessionLog, WireType.LengthDelimited).bytes(log).finish());
}

/**
 * A record of metrics.jsonl as one event; its numbers are scalars called `step/loss`, `epoch/validationAccuracy` and so
 * on.
 */
export function metricEvent(record: MetricRecord, wallTime: number): Uint8Array {
  // One writer for all: a writer for each number would take most of the time.
  const writer = stepped(wallTime, record.step).tag(field.summary, WireType.LengthDelimited).fork();
  eachNumber(record, (name, value) => {
    const tag = `${record.kind}/${name.replaceAll(".", "/")}`;
    writer.tag(field.value, WireType.LengthDelimited).fork().tag(field.tag, WireType.LengthDelimited).string(tag);
    // The encoder refuses finite numbers that float32 does not hold.
    writer.tag(field.simpleValue, WireType.Bit32).float(Math.fround(value)).join();
  });
  return encodeRecord(writer.join().finish());
}

/** Whether an event came from `metricEvent`. */
export function isMetricEvent(data: Uint8Array): boolean {
  const reader = new BinaryReader(data);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === field.summary) return true;
    reader.skip(type, number);
  }
  return false;
}

/**
 * A run's metrics as the pieces of one event file. `startedAt` is in seconds since 1970. Throws `DataError` as
 * `eachNumber`.
 */
export function eventFile(metrics: Iterable<MetricRecord>, startedAt: number): Iterable<Uint8Array> {
  function* events() {
    yield versionEvent(startedAt);
    for (const record of metrics) yield metricEvent(record, startedAt + record.seconds);
  }
  return inPieces(events());
}

function event(wallTime: number): BinaryWriter {
  return new BinaryWriter().tag(field.wallTime, WireType.Bit64).double(wallTime);
}

function stepped(wallTime: number, step: number): BinaryWriter {
  return event(wallTime).tag(field.step, WireType.Varint).int64(step);
}
