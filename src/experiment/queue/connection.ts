import { isIP } from "node:net";
import type { Redis } from "ioredis";
import type { ConnectionEvent } from "../../store/studies/queueEvents.ts";
import { option, ServiceUnavailableError, UsageError } from "../../tensor/errors.ts";
import { placeOf, type QueueAddress } from "./address.ts";

export interface ConnectionMeans {
  /** For how long a connection that is lost is tried again, in milliseconds. Default ten minutes. */
  readonly patience?: number;
  readonly tell?: ((event: ConnectionEvent) => void) | undefined;
}

export interface Connection {
  readonly client: Redis;
  readonly place: string;
  /** Aborts where the connection is lost for good, with the `ServiceUnavailableError` that says so. */
  readonly lost: AbortSignal;
  close(): void;
}

export const PATIENCE_MILLISECONDS = 600_000;

/** What lists of jobs need: older ones lack commands. */
const OLDEST = [6, 2] as const;

/**
 * Connects to the Redis or Valkey of a queue. Throws `ServiceUnavailableError` where there is none, and `UsageError`
 * where it refuses, is too old or throws jobs away.
 */
export async function connect(address: QueueAddress, means: ConnectionMeans = {}): Promise<Connection> {
  const { patience = PATIENCE_MILLISECONDS, tell = () => {} } = means;
  const { Redis } = await import("ioredis");
  const { host, port, database: db, username, password, encrypted } = address;
  const place = placeOf(address);
  const lost = new AbortController();
  let [isReady, isClosing, isLost, triedSince] = [false, false, false, 0];
  const client = new Redis({
    ...{ host, port, db, username, password, lazyConnect: true, connectTimeout: 10_000, keepAlive: 10_000 },
    ...(encrypted && { tls: isIP(host) ? {} : { servername: host } }),
    // Requests wait until it is back: what is lost in between has to be asked again anyway.
    maxRetriesPerRequest: null,
    // Asked before "close" is told, and for the connections too that BullMQ makes of this one.
    retryStrategy: (times) => {
      if (!isReady) return null;
      if (times === 1) triedSince = performance.now();
      return performance.now() - triedSince < patience ? Math.min(1000, patience / 10) : null;
    },
  });
  let last: Error | undefined;
  client.on("error", (error) => (last = error));
  client.on("close", () => {
    if (!isReady || isClosing || isLost) return;
    isLost = true;
    tell({ kind: "lost", place, seconds: patience / 1000 });
  });
  client.on("ready", () => {
    if (isLost) tell({ kind: "back", place });
    [isReady, isLost] = [true, false];
  });
  client.on("end", () => !isClosing && lost.abort(goneError(place, patience)));
  try {
    await client.connect();
    // One that there is not is passed over in silence.
    await client.select(db);
    requireServer(await client.info(), place);
  } catch (error) {
    client.disconnect();
    throw refusal(error === last || !last ? (error as Error) : last, address);
  }
  const close = () => {
    isClosing = true;
    client.disconnect();
  };
  return { client, place, lost: lost.signal, close };
}

function goneError(place: string, patience: number): ServiceUnavailableError {
  return new ServiceUnavailableError(
    `${option("queue")}: expected Redis at ${place} back within ${patience / 1000} s, got nothing; ` +
      "start it and give the same command again: trials that have ended are safe, the others go on",
  );
}

function requireServer(info: string, place: string): void {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, "m").exec(info)?.[1]?.trim();
  const isValkey = field("valkey_version") !== undefined;
  const version = field("redis_version") ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (!isValkey && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])))
    throw new UsageError(
      `${option("queue")}: expected Redis ${OLDEST.join(".")} or later at ${place}, got ${version || "another server"}; use a later one, or Valkey`,
    );
  const policy = field("maxmemory_policy") ?? "noeviction";
  if (policy !== "noeviction")
    throw new UsageError(
      `${option("queue")}: expected Redis at ${place} to keep what it is given (maxmemory-policy noeviction), got ${policy}; set it`,
    );
}

/** Why there is no connection, in one line. */
function refusal(error: Error, address: QueueAddress): Error {
  if (error instanceof UsageError) return error;
  const place = placeOf(address);
  if (/^(WRONGPASS|NOAUTH|ERR (invalid password|AUTH))/.test(error.message)) {
    const got = address.password === undefined ? "none" : "one that it refuses";
    return new UsageError(
      `${option("queue")}: expected the user and password of Redis at ${place}, got ${got}; write redis://user:password@host, or set BATCHSCOPE_REDIS_PASSWORD`,
    );
  }
  if (/DB index|NOPERM/.test(error.message))
    return new UsageError(
      `${option("queue")}: expected Redis at ${place} to let this user in, got: ${error.message}; change it`,
    );
  if ("code" in error && /CERT|VERIFY/.test(String(error.code)))
    return new UsageError(
      `${option("queue")}: expected a certificate of ${place} that this machine trusts, got ${error.code}; set NODE_EXTRA_CA_CERTS to the file of the authority that signed it`,
    );
  const code = "code" in error ? String(error.code) : "an answer that is not Redis's";
  return new ServiceUnavailableError(
    `${option("queue")}: expected Redis at ${place}, got ${code}; start it, or check host and port${address.encrypted ? " and that it takes TLS" : ""}`,
  );
}
