import { type ChildProcess, execFileSync, spawn } from "node:child_process";
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
  /** The file of its certificate, where it is encrypted. */
  readonly certificate: string;
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

/**
 * Starts a Redis that writes down each change (`appendonly`) where it is to remember. `BATCHSCOPE_REDIS_SERVER` names
 * another program than redis-server, as valkey-server.
 */
export async function startRedis({ remembers = true, encrypted = false } = {}): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-redis-"));
  const password = "hunter2";
  const port = await freePort();
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  if (encrypted) {
    const named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const made = ["-keyout", key, "-out", certificate, "-days", "2", ...named];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...made], { stdio: "ignore" });
  }
  const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no"];
  const listening = encrypted ? ["--port", "0", "--tls-port", `${port}`, ...files] : ["--port", `${port}`];
  let child = await begin();
  async function begin(): Promise<ChildProcess> {
    const memory = remembers ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--save", ""];
    const argv = [...listening, "--bind", "127.0.0.1", "--dir", folder, "--requirepass", password, ...memory];
    const program = process.env.BATCHSCOPE_REDIS_SERVER || "redis-server";
    const started = spawn(program, argv, { stdio: ["ignore", "pipe", "inherit"] });
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
    url: encrypted ? `rediss://:${password}@localhost:${port}` : `redis://:${password}@127.0.0.1:${port}`,
    ...{ port, password, certificate, kill },
    restart: async () => {
      child = await begin();
    },
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
