import { expect, test } from "vitest";
import { programName, withoutPassword } from "./invocation.ts";

test.each([
  ["npx", "/p/node_modules/.bin/batchscope", { npm_config_user_agent: "npm/11.0 node/v24" }, "npx batchscope"],
  ["pnpm exec", "/p/node_modules/.bin/batchscope", { npm_config_user_agent: "pnpm/9.1 npm/?" }, "pnpm exec batchscope"],
  ["yarn", "/p/node_modules/.bin/batchscope", { npm_config_user_agent: "yarn/1.22.22 npm/?" }, "yarn batchscope"],
  ["bunx", "/p/node_modules/.bin/batchscope", { npm_config_user_agent: "bun/1.2" }, "bunx batchscope"],
  ["a link on PATH", "/usr/local/bin/batchscope", { PATH: "/bin:/usr/local/bin" }, "batchscope"],
  ["a link that is not", "/p/node_modules/.bin/batchscope", { PATH: "/bin" }, "node_modules/.bin/batchscope"],
  ["the script", "/p/bin/batchscope.js", { PATH: "/bin" }, "node bin/batchscope.js"],
  ["the script beside", "/q/bin/batchscope.js", {}, "node /q/bin/batchscope.js"],
  ["the script far away", "/my tools/bin/batchscope.js", {}, "node '/my tools/bin/batchscope.js'"],
  ["told", "/p/bin/batchscope.js", { BATCHSCOPE_PROGRAM: "bs" }, "bs"],
  ["no script", undefined, {}, "batchscope"],
])("%s", (_, script, environment, expected) => {
  expect(programName(script, environment, "/p")).toBe(expected);
});

test("a script two folders up is called by its whole path", () => {
  expect(programName("/q/bin/batchscope.js", {}, "/p/a/b")).toBe("node /q/bin/batchscope.js");
});

test.each([
  ["redis://:secret@host:6379", "redis://host:6379"],
  ["--queue=rediss://ada:s@cr:et@host/0", "--queue=rediss://ada@host/0"],
  ["REDIS://:secret@[::1]", "REDIS://[::1]"],
  ["redis://ada@host", "redis://ada@host"],
  ["redis://host:6379", "redis://host:6379"],
  ["mail:ada@host", "mail:ada@host"],
])("%s is repeated as %s", (word, expected) => {
  expect(withoutPassword(word)).toBe(expected);
});
