import { profileVerdict } from "../../advice/studyVerdicts.ts";
import { profileDocument } from "../../api/profileDocument.ts";
import { type ProfileEvent, type ProfilePlan, profileSizes } from "../../experiment/profile.ts";
import { parseBatchSizes } from "../../experiment/profilePlan.ts";
import { expectedEffort } from "../../experiment/profileProbe.ts";
import { inOwnProcesses } from "../../experiment/profileProcesses.ts";
import { type ProfiledSubject, planProfile, profileOf } from "../../experiment/profileRun.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { type MemoryLimit, memoryLimit } from "../../session/memory.ts";
import { wholeNumber } from "../../session/numbers.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { Profile, ProfileNote } from "../../store/profile.ts";
import { waitingText } from "../../text/duration.ts";
import { whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { memory } from "../../text/verdictParts.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { requireNewFolder } from "../outputs.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { profileLines, writeProfile } from "./profileResults.ts";

/** Options of `profile` as commander gives them, beside those of `train`. */
export interface ProfileFlags {
  readonly batchSizes: string;
  readonly rounds: string;
  readonly memoryLimit: string;
  readonly out?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** The command `profile`. Writes nothing but the folder asked for. */
export async function runProfile(flags: ProfileFlags & Readonly<Record<string, unknown>>): Promise<void> {
  const { batchSizes, rounds, memoryLimit: limitText, out, dryRun, json, ...others } = flags;
  const configuration = resolveConfiguration({ ...others, batchSize: "1" }, process.env);
  const asked = parseBatchSizes("--batch-sizes", batchSizes);
  const repeats = wholeNumber("--rounds", rounds, 2);
  const limit = memoryLimit(limitText);
  const { data, model, initFrom } = configuration;
  if (out !== undefined) requireNewFolder("--out", out, [data, model, initFrom]);
  const { plan, notes, name } = await planProfile(configuration, { asked, rounds: repeats, limit });
  sayBefore(plan, limit, notes);
  if (dryRun) return printExpected(plan, { configuration, notes, json });
  const profile = await profileShown(plan, { configuration, limit, data: name, notes });
  const answer = [profileVerdict(profile)];
  const files = out === undefined ? [] : await writeProfile({ profile, answer, out, flags });
  if (json) printJson({ ...profileDocument(profile), answer, files });
  else print(...profileLines({ profile, answer, files }, textIn(languageOf(process.env))));
}

function sayBefore({ limitBytes }: ProfilePlan, { bytes, source }: MemoryLimit, notes: readonly ProfileNote[]): void {
  const text = textIn(languageOf(process.env)).profile;
  say(text.limit({ bytes: memory(bytes), source, allowed: memory(limitBytes) }));
  for (const note of notes) say(said(note, text.notes));
}

/** Throws `UnsupportedError` where no size could be measured. */
async function profileShown(plan: ProfilePlan, subject: ProfiledSubject): Promise<Profile> {
  const found = await inProcesses(plan, subject.configuration, (processes, signal) =>
    profileSizes(plan, processes, { signal, listen: showing() }),
  );
  return profileOf(plan, subject, found);
}

function inProcesses<Result>(
  { limitBytes }: ProfilePlan,
  configuration: TrainConfiguration,
  use: Parameters<typeof inOwnProcesses<Result>>[1],
): Promise<Result> {
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.trial);
  const own = { configuration, limitBytes, signal: signals.aborted };
  return inOwnProcesses(own, use).finally(signals.stopListening);
}

/** Lines of progress: the memory of each size, then how long the timing still takes, at most every five seconds. */
function showing(): (event: ProfileEvent) => void {
  const text = textIn(languageOf(process.env)).profile;
  let last = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.kind === "tried") {
      const { outcome } = event;
      const peak = outcome.kind === "fits" && !Number.isNaN(outcome.peakBytes) ? memory(outcome.peakBytes) : "";
      return say(
        text.tried(whole(event.batchSize), outcome.kind === "fits" ? text.fits(peak) : text.ends(outcome.end)),
      );
    }
    const { done, all, secondsLeft } = event;
    if (done < all && performance.now() - last < 5000) return;
    last = performance.now();
    say(text.timing(done, all, done < all ? waitingText(secondsLeft) : ""));
  };
}

/** `--dry-run`: what would be measured, and from a probe how long it would take. */
async function printExpected(
  plan: ProfilePlan,
  { configuration, notes, json }: Pick<ProfiledSubject, "configuration" | "notes"> & Pick<ProfileFlags, "json">,
) {
  const { processes, seconds } = await inProcesses(plan, configuration, (own) => expectedEffort(plan, own));
  const { batchSizes, rounds, examples } = plan;
  if (json)
    return printJson({ batchSizes, rounds, examples, processes, seconds: Number(significantOf(seconds)), notes });
  const text = textIn(languageOf(process.env)).profile;
  const sizes = batchSizes.map(whole).join(", ");
  print(text.plan({ sizes, rounds: whole(rounds), processes: whole(processes), time: waitingText(seconds) }));
}

const significantOf = (value: number) => value.toPrecision(2);
