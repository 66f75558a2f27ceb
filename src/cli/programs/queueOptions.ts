/** Of commands whose trials workers may train. */
export const queueFlag = [
  "--queue <address>",
  "trials are trained by the workers of this Redis or Valkey, as redis://host:6379 (default: here)",
] as const;

export const queueNameFlag = ["--queue-name <name>", "what the queue is called there (default: trials)"] as const;
