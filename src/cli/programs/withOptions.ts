import type { LossTexts } from "../../session/configuration.ts";
import type { Command, OptionValues } from "../commander.ts";
import type { DataTexts } from "../commands/openDataFlags.ts";
import { declareDataOptions, declareLossOptions } from "./flags.ts";

/** The same command with `--loss` and its options. */
export function withLoss<Flags extends OptionValues>(command: Command<[], Flags>): Command<[], Flags & LossTexts> {
  declareLossOptions(command as unknown as Command);
  return command as unknown as Command<[], Flags & LossTexts>;
}

/** The same command with how files, series and texts are read. */
export function withData<Flags extends OptionValues>(command: Command<[], Flags>): Command<[], Flags & DataTexts> {
  declareDataOptions(command as unknown as Command);
  return command as unknown as Command<[], Flags & DataTexts>;
}
