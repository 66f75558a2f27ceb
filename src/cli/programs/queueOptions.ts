/** Of commands whose trials workers may train. */
export const queueFlag = [
  "--queue <address>",
  "trials are trained by the workers of this Redis or Valkey, as redis://host:6379 (default: here)",
] as const;

export const slurmFlag = [
  "--slurm",
  "submit the trials to Slurm as an array of jobs and end; the same command gathers what they came to",
] as const;

export const slurmOptionsFlag = [
  "--slurm-options <options>",
  'options of sbatch, as "--partition=gpu --time=1:00:00" (default: none)',
] as const;

export const queueNameFlag = ["--queue-name <name>", "what the queue is called there (default: trials)"] as const;
