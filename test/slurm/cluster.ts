import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** A Slurm of one node, this machine. */
export interface Cluster {
  /** What its commands need. */
  readonly env: Record<string, string>;
  remove(): void;
}

/** Why no cluster can be started here; null where one can. */
export function whyNoCluster(): string | null {
  if (process.getuid?.() !== 0) return "its daemons need root";
  for (const program of ["munged", "slurmctld", "slurmd", "sbatch"])
    try {
      execFileSync("sh", ["-c", `command -v ${program}`]);
    } catch {
      return `there is no ${program} (apt-get install slurm-wlm)`;
    }
  return null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts munge, the controller and the node's daemon, in a folder of their own. */
export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-slurm-"));
  const at = (name: string) => join(folder, name);
  for (const name of ["state", "spool"]) mkdirSync(at(name));
  writeFileSync(at("munge.key"), randomBytes(1024), { mode: 0o400 });
  const munge = ["key-file", "socket", "pid-file", "log-file", "seed-file"];
  const files = ["munge.key", "munge.sock", "munged.pid", "munged.log", "munged.seed"];
  execFileSync("munged", ["--force", ...munge.map((name, i) => `--${name}=${at(files[i]!)}`)], { stdio: "ignore" });
  const host = hostname().split(".")[0];
  const [controller, node] = [await freePort(), await freePort()];
  const lines = [
    ...["ClusterName=test", `SlurmctldHost=${host}(127.0.0.1)`, "SlurmUser=root", "SlurmdUser=root"],
    ...["AuthType=auth/munge", "CredType=cred/munge", `AuthInfo=socket=${at("munge.sock")}`],
    ...[
      `SlurmctldPort=${controller}`,
      `SlurmdPort=${node}`,
      "ProctrackType=proctrack/linuxproc",
      "TaskPlugin=task/none",
    ],
    ...[`SlurmctldPidFile=${at("slurmctld.pid")}`, `SlurmdPidFile=${at("slurmd.pid")}`, "ReturnToService=2"],
    ...[`SlurmctldLogFile=${at("slurmctld.log")}`, `SlurmdLogFile=${at("slurmd.log")}`, "MpiDefault=none"],
    ...[`StateSaveLocation=${at("state")}`, `SlurmdSpoolDir=${at("spool")}`, "SelectType=select/cons_tres"],
    ...["SelectTypeParameters=CR_CPU", "AccountingStorageType=accounting_storage/none"],
    ...["JobAcctGatherType=jobacct_gather/none", `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`],
    "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
  ];
  writeFileSync(at("slurm.conf"), `${lines.join("\n")}\n`);
  const env = { SLURM_CONF: at("slurm.conf") };
  const options = { env: { ...process.env, ...env }, stdio: "ignore" } as const;
  execFileSync("slurmctld", ["-c", "-f", at("slurm.conf")], options);
  execFileSync("slurmd", ["-f", at("slurm.conf")], options);
  const isIdle = () =>
    execFileSync("sinfo", ["-h", "-o", "%t"], { env: options.env, encoding: "utf8" }).includes("idle");
  while (!quiet(isIdle)) await setTimeout(200);
  return {
    env,
    remove() {
      for (const name of ["slurmd.pid", "slurmctld.pid", "munged.pid"])
        quiet(() => process.kill(Number(readFileSync(at(name), "utf8")), "SIGKILL"));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Undefined where it throws. */
function quiet<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
