import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { parseQueue, placeOf } from "./address.ts";

const plain = { port: 6379, database: 0, username: undefined, password: undefined, encrypted: false, name: "trials" };

test.each([
  ["redis://127.0.0.1", { ...plain, host: "127.0.0.1" }, "127.0.0.1:6379"],
  ["redis://lab.example:7000/3", { ...plain, host: "lab.example", port: 7000, database: 3 }, "lab.example:7000"],
  ["redis://:p%40ss@h/", { ...plain, host: "h", password: "p@ss" }, "h:6379"],
  ["rediss://me:word@h:1", { ...plain, host: "h", port: 1, username: "me", password: "word", encrypted: true }, "h:1"],
  ["redis://[::1]:6380", { ...plain, host: "::1", port: 6380 }, "[::1]:6380"],
])("%s", (address, expected, place) => {
  expect(parseQueue(address)).toEqual(expected);
  expect(placeOf(parseQueue(address))).toBe(place);
});

test("a password stands in the address, or beside it", () => {
  expect(parseQueue("redis://h", "q", "beside")).toMatchObject({ password: "beside", name: "q" });
  expect(parseQueue("redis://:own@h", "q", "beside").password).toBe("own");
});

test.each([
  "",
  "localhost:6379",
  "http://h",
  "redis://",
  "redis:h",
  "redis://h/db",
  "redis://h/1/2",
  "redis://h?db=1",
  "redis://user:hunter2@",
  "redis://user:hunter2@h/x",
  "http://user:hunter2@h",
  "user:hunter2@h",
])("%j is no address, and a password in it is not shown", (address) => {
  expect(() => parseQueue(address)).toThrow(UsageError);
  expect(() => parseQueue(address)).toThrow("`queue`: expected an address as redis://host:6379");
  expect(() => parseQueue(address)).not.toThrow("hunter2");
});

test.each(["", "a b", "a:b", "../x", "x".repeat(81)])("%j is no name of a queue", (name) => {
  expect(() => parseQueue("redis://h", name)).toThrow("`queueName`: expected a name");
});
