import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { ConnectionEvent } from "../../store/studies/queueEvents.ts";
import { ServiceUnavailableError, UsageError } from "../../tensor/errors.ts";
import { parseQueue } from "./address.ts";
import { type Connection, connect } from "./connection.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A server that answers commands by their first word, with what Redis would write. */
async function answering(answers: Readonly<Record<string, string>>): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => {
    open.push({ close: () => socket.destroy() });
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const commands = [...bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)].map(([, word]) =>
        word!.toLowerCase(),
      );
      for (const command of commands) socket.write(`${answers[command] ?? "+OK"}\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(server);
  return { server, url: `redis://:hunter2@127.0.0.1:${(server.address() as { port: number }).port}` };
}

const info = (...lines: readonly string[]) => {
  const text = ["redis_version:7.0.15", "loading:0", ...lines].toReversed().join("\r\n");
  return `$${text.length}\r\n${text}`;
};

const wrong = "-WRONGPASS invalid username-password pair";

test.each<[string, Readonly<Record<string, string>>, new (words: string) => Error, string]>([
  [
    "another password",
    { auth: wrong, hello: wrong, info: "-NOAUTH Authentication required." },
    UsageError,
    "got one that it refuses",
  ],
  ["an old server", { info: info("redis_version:5.0.1") }, UsageError, "expected Redis 6.2 or later"],
  ["a server that forgets", { info: info("maxmemory_policy:allkeys-lru") }, UsageError, "got allkeys-lru"],
  [
    "no such database",
    { info: info(), select: "-ERR DB index is out of range" },
    UsageError,
    "DB index is out of range",
  ],
  ["another protocol", { info: "<html>", auth: "<html>" }, ServiceUnavailableError, "an answer that is not Redis's"],
])("%s is one clear line without the password", async (_, answers, kind, words) => {
  const { url } = await answering(answers);
  const refused = await connect(parseQueue(url)).catch((error: Error) => error);
  expect(refused).toBeInstanceOf(kind);
  expect((refused as Error).message).toContain(words);
  expect((refused as Error).message).not.toMatch(/hunter2|\n/);
});

test("where nothing listens, host and port are named", async () => {
  const { server, url } = await answering({});
  await new Promise((resolve) => server.close(resolve));
  const { host, port } = parseQueue(url);
  await expect(connect(parseQueue(url))).rejects.toThrow(`expected Redis at ${host}:${port}, got ECONNREFUSED`);
});

test("a connection that is lost is tried again for as long as it was told, and then ends all that waits", async () => {
  const { server, url } = await answering({ info: info() });
  const told: ConnectionEvent[] = [];
  const connection: Connection = await connect(parseQueue(url), { patience: 100, tell: (event) => told.push(event) });
  const began = performance.now();
  const lost = new Promise((resolve) => connection.lost.addEventListener("abort", resolve));
  server.close();
  for (const one of open.splice(0)) one.close();
  await lost;
  expect(connection.lost.reason).toBeInstanceOf(ServiceUnavailableError);
  expect(String(connection.lost.reason)).toContain("back within 0.1 s");
  expect(told.map(({ kind }) => kind)).toEqual(["lost"]);
  expect(performance.now() - began).toBeGreaterThanOrEqual(100);
});

test("a connection that comes back in time is told of, and nothing is lost for good", async () => {
  const { server, url } = await answering({ info: info() });
  const told: string[] = [];
  let [back, lost] = [() => {}, false];
  const isBack = new Promise<void>((resolve) => (back = resolve));
  const tell = ({ kind }: ConnectionEvent) => {
    told.push(kind);
    if (kind === "back") back();
  };
  const connection = await connect(parseQueue(url), { patience: 3_600_000, tell });
  open.push(connection);
  connection.lost.addEventListener("abort", () => (lost = true));
  for (const one of open.filter((each) => each !== server && each !== connection)) one.close();
  await isBack;
  expect([told, lost, connection.client.status]).toEqual([["lost", "back"], false, "ready"]);
});
