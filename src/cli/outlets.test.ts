import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { guardOutlets } from "./outlets.ts";

/** A stream that refuses all that is written; undefined: none of it. */
const stream = (code: string | undefined) =>
  new Writable({
    autoDestroy: false,
    write: (_chunk, _encoding, done) => done(code === undefined ? null : Object.assign(new Error(code), { code })),
  });

test.each([
  ["takes it", undefined, undefined],
  ["lost its reader", "EPIPE", undefined],
  ["lost its other side", "ECONNRESET", undefined],
  ["is a full disk", "ENOSPC", "ENOSPC"],
  ["is over its quota", "EDQUOT", "EDQUOT"],
  ["is a terminal that is gone", "EIO", "EIO"],
  ["is closed", "EBADF", "EBADF"],
])("stdout that %s", async (_, code, refused) => {
  const [stdout, stderr] = [stream(code), stream("EIO")];
  const ask = guardOutlets(stdout, stderr);
  for (const outlet of [stdout, stderr, stdout]) outlet.write("text");
  expect((await ask())?.message).toBe(refused);
});

test("nothing written is nothing refused", async () => {
  expect(await guardOutlets(stream(undefined), stream(undefined))()).toBeUndefined();
});
