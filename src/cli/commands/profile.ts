import { profileVerdict } from "../../advice/studyVerdicts.ts";
import { HEADROOM } from "../../experiment/batchSize.ts";
import { prepareTrial } from "../../experiment/microBatchTask.ts";
import { type ProfileEvent, type ProfilePlan, profileSizes } from "../../experiment/profile.ts";
import { parseBatchSizes, withinData } from "../../experiment/profilePlan.ts";
import { expectedEffort } from "../../experiment/profileProbe.ts";
import { inOwnProcesses } from "../../experiment/profileProcesses.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { type MemoryLimit, memoryLimit } from "../../session/memory.ts";
import { wholeNumber } from "../../session/numbers.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { Profile, ProfileNote } from "../../store/profile.ts";
import { UnsupportedError } from "../../tensor/errors.ts";
import { waitingText } from "../../text/duration.ts";
import { profileEnglish } from "../../text/en/profile.ts";
import { whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { memory } from "../../text/verdictParts.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { requireNewFolder } from "../outputs.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { profileDocument, profileLines, writeProfile } from "./profileResults.ts";

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
  const { plan, notes, name } = await planOf(configuration, { asked, rounds: repeats, limit });
  sayBefore(plan, limit, notes);
  if (dryRun) return printExpected(plan, { configuration, notes, json });
  const profile = await profileShown(plan, { configuration, limit, data: name, notes });
  const answer = [profileVerdict(profile)];
  const files = out === undefined ? [] : await writeProfile({ profile, answer, out, flags });
  if (json) printJson({ ...profileDocument(profile), answer, files });
  else print(...profileLines({ profile, answer, files }, textIn(languageOf(process.env))));
}

interface Asked {
  readonly asked: readonly number[];
  readonly rounds: number;
  readonly limit: MemoryLimit;
}

/** What is measured, now that the number of examples is known. Throws as `prepareTrial` and `withinData`. */
async function planOf(configuration: TrainConfiguration, { asked, rounds, limit }: Asked) {
  const { train } = (await prepareTrial(configuration, [1])).options;
  const { kept, beyond } = withinData("--batch-sizes", asked, train.size);
  const notes: ProfileNote[] =
    beyond.length > 0 ? [{ kind: "beyondData", batchSizes: beyond, examples: train.size }] : [];
  const plan: ProfilePlan = {
    ...{ batchSizes: kept, examples: train.size, rounds },
    limitBytes: Math.floor((1 - HEADROOM) * limit.bytes),
    threads: configuration.threads,
    onProcessor: configuration.device === "cpu",
  };
  return { plan, notes, name: train.name };
}

function sayBefore({ limitBytes }: ProfilePlan, { bytes, source }: MemoryLimit, notes: readonly ProfileNote[]): void {
  const text = textIn(languageOf(process.env)).profile;
  say(text.limit({ bytes: memory(bytes), source, allowed: memory(limitBytes) }));
  for (const note of notes) say(said(note, text.notes));
}

interface Subject {
  readonly configuration: TrainConfiguration;
  readonly limit: MemoryLimit;
  readonly data: string;
  readonly notes: readonly ProfileNote[];
}

/** Throws `UnsupportedError` where no size could be measured. */
async function profileShown(plan: ProfilePlan, { configuration, limit, data, notes }: Subject): Promise<Profile> {
  const found = await inProcesses(plan, configuration, (processes, signal) =>
    profileSizes(plan, processes, { signal, listen: showing() }),
  );
  const { timing, ...measured } = found;
  const all = [...notes, ...found.notes];
  if (found.batchSizes.length === 0)
    throw new UnsupportedError(
      `profile: expected a batch size that can be measured, got ${all.map((note) => said(note, profileEnglish.notes)).join("; ")}; ` +
        "take smaller sizes, or see what train says",
    );
  const { model, threads, device } = configuration;
  return {
    ...{ model, data, examples: plan.examples, threads, device, rounds: plan.rounds },
    clock: timing.clock,
    disturbedShare: timing.disturbedShare,
    memoryLimit: limit,
    ...measured,
    notes: all,
  };
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
  { configuration, notes, json }: Pick<Subject, "configuration" | "notes"> & Pick<ProfileFlags, "json">,
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
