import { collectSweep } from "../../experiment/sweeps/onCluster.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import type { SweepStoreFlags } from "./listSweeps.ts";
import { tellSweep } from "./sweep.ts";

/** `sweep collect`: gathers what a cluster's tasks wrote into the store. Exit code 1 where trials failed. */
export async function collectSweepCommand(name: string, { dir, json = false }: SweepStoreFlags): Promise<void> {
  await tellSweep(collectSweep(storeDirectory(dir), name), json);
}
