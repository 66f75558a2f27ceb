import { profileVerdict } from "../advice/studyVerdicts.ts";
import { type ProfileEvent, profileSizes } from "../experiment/profile.ts";
import { parseBatchSizes } from "../experiment/profilePlan.ts";
import { inOwnProcesses } from "../experiment/profileProcesses.ts";
import { planProfile, profileOf } from "../experiment/profileRun.ts";
import { resolveConfiguration } from "../session/configuration.ts";
import { memoryLimit } from "../session/memory.ts";
import { wholeNumber } from "../session/numbers.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { profileDocument } from "./profileDocument.ts";
import type { ProfiledSizes } from "./profiledSizes.ts";
import { type RunOptions, requireRunOptions, withKeptData } from "./trainToRun.ts";

/** Options of a training, and the batch sizes at which it is timed. */
export type ProfileOptions = RunOptions & {
  /** Ascending. */
  readonly batchSizes: readonly number[];
  /** Times that each size is timed, at least 2. Default: 4. */
  readonly rounds?: number | undefined;
  /** What a training process may take, as "2GiB". Default: "auto", what the system says. */
  readonly memoryLimit?: string | undefined;
};

/** What a profile may be given beside its options. */
export interface ProfileMeans {
  readonly signal?: AbortSignal | undefined;
  readonly listen?: ((event: ProfileEvent) => void) | undefined;
}

/**
 * Measures as `batchscope profile` does what an update and an epoch take at each batch size, and the peak memory, each
 * in a process of its own. Writes nothing. Throws `UsageError` for what cannot be meant, `UnsupportedError` where no
 * size could be measured.
 */
export async function profile(options: ProfileOptions, means: ProfileMeans = {}): Promise<ProfiledSizes> {
  requireRunOptions("profile", options, ["batchSizes", "rounds", "memoryLimit"]);
  const { batchSizes, rounds = 4, memoryLimit: text = "auto", ...training } = options;
  const limit = memoryLimit(text);
  const asked = parseBatchSizes("batchSizes", [batchSizes].flat().join(","));
  const kept = await withKeptData(training, storeDirectory(options.dir));
  const configuration = resolveConfiguration({ ...kept, batchSize: 1 }, {});
  const timed = { asked, rounds: wholeNumber("rounds", String(rounds), 2), limit };
  const { plan, notes, name } = await planProfile(configuration, timed);
  const signal = means.signal ?? new AbortController().signal;
  const processes = { configuration, limitBytes: plan.limitBytes, signal };
  const listen = means.listen ?? (() => {});
  const found = await inOwnProcesses(processes, (own) => profileSizes(plan, own, { signal, listen }));
  const measured = profileOf(plan, { configuration, limit, data: name, notes }, found);
  return { ...profileDocument(measured), answer: [profileVerdict(measured)] };
}
