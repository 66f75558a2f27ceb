import { DataError } from "../tensor/errors.ts";
import { yaml } from "./yaml.ts";

/**
 * YAML without tags and merge keys, in time that grows with the text. Throws `DataError`, naming the file, for what is
 * none.
 */
export function parseYaml(path: string, text: string): unknown {
  const { isMap, isScalar, parseDocument } = yaml();
  try {
    // The library compares each key with every other.
    const document = parseDocument(text, { schema: "core", resolveKnownTags: false, merge: false, uniqueKeys: false });
    const [problem] = document.errors;
    if (problem) throw problem;
    const { contents } = document;
    const keys = isMap(contents) ? contents.items.map(({ key }) => (isScalar(key) ? String(key.value) : "")) : [];
    const seen = new Set<string>();
    const twice = keys.find((key) => seen.size === seen.add(key).size);
    if (twice !== undefined) throw new Error(`${JSON.stringify(twice)} twice`);
    const value: unknown = document.toJS();
    // A list may name itself, which nothing else that reads it expects.
    JSON.stringify(value);
    return value;
  } catch (error) {
    const [got] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new DataError(`${path}: expected YAML, got: ${got}; restore the file`);
  }
}
