import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Redis of a test, in a folder of its own. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  readonly password: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again at the same place, with what it had written down. */
  restart(): Promise<void>;
  /** For good. */
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a Redis that writes down each change (`appendonly`) where it is to remember. */
export async function startRedis({ remembers = true } = {}): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-redis-"));
  const password = "hunter2";
  const port = await freePort();
  let child = await begin();
  async function begin(): Promise<ChildProcess> {
    const memory = remembers ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--save", ""];
    const argv = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--requirepass", password, ...memory];
    const started = spawn("redis-server", argv, { stdio: ["ignore", "pipe", "inherit"] });
    await once(started, "spawn");
    for await (const line of createInterface(started.stdout!)) if (line.includes("Ready to accept connections")) break;
    started.stdout!.resume();
    return started;
  }
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    ...{ port, password, kill },
    restart: async () => {
      child = await begin();
    },
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
