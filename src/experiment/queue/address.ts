import { option, UsageError } from "../../tensor/errors.ts";

/** Where a queue of trials is. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  /** The number of the database. */
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly encrypted: boolean;
  /** What the queue is called there. */
  readonly name: string;
}

/** What queues are called where nothing is said. */
export const QUEUE_NAME = "trials";

const form = "redis://host:6379 or rediss://user:password@host:6379/0";

/**
 * Reads `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. `password` is taken where the address
 * has none. Throws `UsageError` for anything else, without what may be a password.
 */
export function parseQueue(address: string, name = QUEUE_NAME, password?: string): QueueAddress {
  if (!/^[a-z0-9][a-z0-9._-]{0,79}$/i.test(name))
    throw new UsageError(
      `${option("queueName")}: expected a name of letters, digits, "-", "_" and ".", got ${JSON.stringify(name)}; change it`,
    );
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isSound = ["redis:", "rediss:"].includes(url?.protocol ?? "") && url?.hostname && !url.search && !url.hash;
  if (!isSound || !/^\/?\d{0,4}$/.test(url.pathname))
    throw new UsageError(
      `${option("queue")}: expected an address as ${form}, got ${JSON.stringify(withoutPassword(address))}; change it`,
    );
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || 6379),
    database: Number(url.pathname.slice(1)),
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || password || undefined,
    encrypted: url.protocol === "rediss:",
    name,
  };
}

/** An address as it may be shown. */
function withoutPassword(address: string): string {
  return address.replace(/^([a-z+]*:?\/\/)?.*@/is, "$1…@");
}

/** Host and port, and nothing that is secret. */
export function placeOf({ host, port }: QueueAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
