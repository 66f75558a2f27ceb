import { Command } from "../commander.ts";
import { jsonFlag } from "./commonFlags.ts";

/** The command `doctor`. */
export function doctor() {
  return new Command("doctor")
    .option(...jsonFlag)
    .action(async (flags) => (await import("../commands/doctor.ts")).runDoctor(flags));
}
