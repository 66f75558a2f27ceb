/**
 * The picture at the head of the README, by today's version: `npm run readme:picture`. Trains and analyzes as the demo
 * does, in a store of its own that is removed again, and takes the figure over all checkpoints.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const picture = "gns_vs_epoch_mnist.png";
const train = "train --model lenet --data mnist --batch-size 16 --gradient-accumulation-steps 4 --epochs 6";
const commands = [`${train} --checkpoint-every 1`, "analyze latest --checkpoint all --rows 128"];

const store = mkdtempSync(join(tmpdir(), "batchscope-picture-"));
try {
  for (const command of commands) {
    const argv = [join(root, "bin/batchscope.js"), ...command.split(" "), "--dir", store, "--lang", "en"];
    const { status } = spawnSync(process.execPath, argv, { stdio: "inherit" });
    if (status !== 0) throw new Error(`readmePicture: expected exit code 0 of "${command}", got ${status}`);
  }
  const [run] = readdirSync(join(store, "runs"));
  copyFileSync(join(store, "runs", run!, "plots", picture), join(root, "docs/images", picture));
} finally {
  rmSync(store, { recursive: true });
}
