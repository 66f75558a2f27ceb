import { join } from "node:path";
import { namesIn } from "../file.ts";

/** The names that studies have of themselves, which end with the digest of what they are. */
const OWN_NAME = /^(compare|source-003|judge|sweep|recommend)-.*-([0-9a-f]{8})$/;

/**
 * The name that a study has in a store: one of the same digest is the same study, though the files of its data or model
 * had another name when it began.
 */
export function nameInStore(directory: string, id: string): string {
  const [, kind, digest] = OWN_NAME.exec(id) ?? [];
  const names = namesIn(join(directory, "studies"));
  if (kind === undefined || names.includes(id)) return id;
  const isSame = (name: string) => OWN_NAME.exec(name)?.[1] === kind && name.endsWith(`-${digest}`);
  return names.find(isSame) ?? id;
}
