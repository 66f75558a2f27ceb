import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataLocation } from "onnx-buf";
import { afterAll, expect, test } from "vitest";
import { DataError, NotFoundError, UnsupportedError } from "../tensor/errors.ts";
import { loadForeignModel } from "./openModel.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-foreign-"));
afterAll(() => rmSync(folder, { recursive: true }));

const original = new URL("../../test/fixtures/models/shapes-13/model.onnx", import.meta.url).pathname;

/**
 * The original with its float initializers in `location`, one after the other from byte 64 on, as exporters write large
 * models.
 */
function writeWithData(name: string, location: string, data: string): string {
  const model = fromBinary(ModelProtoSchema, readFileSync(original));
  const parts: Uint8Array[] = [new Uint8Array(64)];
  let offset = 64;
  for (const tensor of model.graph!.initializer) {
    if (tensor.dataType !== 1) continue;
    const { rawData } = tensor;
    const entries = { location, offset: `${offset}`, length: `${rawData.length}` };
    tensor.externalData = Object.entries(entries).map(([key, value]) => ({
      $typeName: "onnx.StringStringEntryProto",
      key,
      value,
    }));
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.rawData = new Uint8Array();
    parts.push(rawData);
    offset += rawData.length;
  }
  writeFileSync(join(folder, data), Buffer.concat(parts));
  writeFileSync(join(folder, name), toBinary(ModelProtoSchema, model));
  return join(folder, name);
}

test("weights in a file beside the model are those in the file itself", async () => {
  const [inside, beside] = await Promise.all(
    [original, writeWithData("split.onnx", "split.data", "split.data")].map((path) => loadForeignModel(path)),
  );
  expect(beside!.name).toBe("split");
  expect(beside!.parameters).toEqual(inside!.parameters);
  expect(beside!.parameters.length).toBeGreaterThan(3);
});

test("weights anywhere else, and a file that lost its end, are refused with the tensor's name", async () => {
  const outside = writeWithData("outside.onnx", "../split.data", "split.data");
  await expect(loadForeignModel(outside)).rejects.toThrow(UnsupportedError);
  await expect(loadForeignModel(outside)).rejects.toThrow(/initializer "scale" in a file in the model's own folder/);
  const short = writeWithData("short.onnx", "short.data", "short.data");
  writeFileSync(join(folder, "short.data"), new Uint8Array(70));
  await expect(loadForeignModel(short)).rejects.toThrow(DataError);
  await expect(loadForeignModel(short)).rejects.toThrow(
    /at 64 of "short.data" for initializer "scale", got a file of 70/,
  );
});

test("a model that is not there is not found", async () => {
  await expect(loadForeignModel(join(folder, "no.onnx"))).rejects.toThrow(NotFoundError);
});
