import { dataFaults } from "./dataFaults.ts";
import type { Fault } from "./fault.ts";
import { networkFaults } from "./networkFaults.ts";
import { optionFaults } from "./optionFaults.ts";

/**
 * All faults. The operators follow DeepCrime (Humbatova et al. 2021, ISSTA), DeepFD (Cao et al. 2022, ICSE) and the
 * general guide of the lectures on machine learning by H. Lee.
 */
export const faults: readonly Fault[] = [...optionFaults, ...networkFaults, ...dataFaults];
