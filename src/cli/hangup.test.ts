import { expect, test } from "vitest";
import { hangupIsIgnored, ignoreHangup } from "./hangup.ts";

test("the end of the terminal is ignored once, however many commands of one process ask", () => {
  const before = process.listenerCount("SIGHUP");
  ignoreHangup();
  ignoreHangup();
  expect(hangupIsIgnored()).toBe(true);
  expect(process.listenerCount("SIGHUP")).toBe(before + 1);
});
