import type { LineCounter, Node, Pair } from "yaml";
import { openRandomAccess } from "../data/files/randomAccess.ts";
import { yaml } from "../store/yaml.ts";
import { DataError, NotFoundError, option, UsageError } from "../tensor/errors.ts";

/** In bytes: a configuration of every option takes a hundredth of it, unless it lists the names of many columns. */
const LARGEST = 2 ** 20;

/** Values that a file may hold, those that its aliases repeat among them, and lists in lists. */
const MOST_VALUES = 200_000;
const MOST_DEPTH = 100;

/** A value of a configuration, and the places of its key and of itself as file:line:column. */
export interface Setting {
  readonly value: unknown;
  readonly keyAt: string;
  readonly valueAt: string;
}

/**
 * The keys and values of a YAML file (1.2, core schema), in their order. Aliases stand for what they name; tags and
 * merge keys mean nothing here. Throws `UsageError`, with file, line and column, for what is no such file, and
 * `NotFoundError` for one that is not there.
 */
export function readConfigurationFile(path: string): ReadonlyMap<string, Setting> {
  const lines = new (yaml().LineCounter)();
  const text = readText(path);
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const document = parse(path, text, lines);
  const [problem] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (problem) throw new UsageError(`${at(problem.pos[0])}: expected YAML, got ${problem.message}; correct the file`);
  const { contents } = document;
  const offsetOf = (node: Node | null) => node?.range?.[0] ?? 0;
  if (contents === null || (yaml().isScalar(contents) && contents.value === null)) return new Map();
  const refuse = (node: Node | null, expected: string, got: string) =>
    new UsageError(`${at(offsetOf(node))}: expected ${expected}, got ${got}; correct the file`);
  if (!yaml().isMap(contents)) throw refuse(contents, 'keys and values, lines like "epochs: 10"', show(contents));
  const read = reader(refuse);
  const settings = new Map<string, Setting>();
  for (const { key, value } of contents.items as Pair<Node, Node | null>[]) {
    const name = yaml().isScalar(key) ? String(key.value) : null;
    if (name === null) throw refuse(key, "the name of an option", show(key));
    if (settings.has(name)) throw refuse(key, "each key once", `${JSON.stringify(name)} twice`);
    read(key);
    settings.set(name, { value: read(value), keyAt: at(offsetOf(key)), valueAt: at(offsetOf(value ?? key)) });
  }
  return settings;
}

function parse(path: string, text: string, lineCounter: LineCounter) {
  const { stackTraceLimit } = Error;
  // A damaged file may have an error at every byte, and the stacks of them all take most of the time.
  Error.stackTraceLimit = 0;
  try {
    // Keys are compared here: the library compares each with every other.
    const schema = { schema: "core", resolveKnownTags: false, merge: false, uniqueKeys: false } as const;
    return yaml().parseDocument(text, { ...schema, lineCounter, prettyErrors: false });
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path}:1:1: expected YAML, got: ${got.split("\n", 1)[0]}; correct the file`);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

type Refuse = (node: Node | null, expected: string, got: string) => UsageError;

/** Nodes in the order of the file as the values they stand for. */
function reader(refuse: Refuse): (node: Node | null) => unknown {
  const anchors = new Map<string, Node>();
  let count = 0;
  const read = (node: Node | null, depth: number): unknown => {
    if (++count > MOST_VALUES)
      throw refuse(node, `at most ${MOST_VALUES} values`, "more, counting what aliases repeat");
    // An alias in what it names leads here too.
    if (depth > MOST_DEPTH) throw refuse(node, `lists in lists at most ${MOST_DEPTH} deep`, "more");
    if (yaml().isAlias(node)) {
      const named = anchors.get(node.source);
      if (named === undefined) throw refuse(node, `something named &${node.source} before it`, "nothing");
      return read(named, depth + 1);
    }
    if (node !== null && "anchor" in node && node.anchor) anchors.set(node.anchor, node);
    if (yaml().isSeq(node)) return node.items.map((item) => read(item as Node | null, depth + 1));
    if (yaml().isMap(node)) throw refuse(node, "a value or a list of values", show(node));
    return yaml().isScalar(node) ? node.value : null;
  };
  return (node) => read(node, 0);
}

function show(node: Node | null): string {
  if (yaml().isMap(node)) return "keys and values inside a value";
  if (yaml().isSeq(node)) return "a list";
  return yaml().isScalar(node) ? JSON.stringify(node.value) : "an alias";
}

function readText(path: string): string {
  const bytes = readBytes(path);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const bad = text.search(/(?![\t\n\r\x85])\p{Cc}/u);
    if (bad < 0) return text;
    const code = `the character U+00${text.charCodeAt(bad).toString(16).padStart(2, "0").toUpperCase()}`;
    throw new UsageError(`${placeIn(path, text, bad)}: expected YAML, got ${code}; remove it`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const text = new TextDecoder().decode(bytes);
    throw new UsageError(
      `${placeIn(path, text, text.indexOf("\ufffd"))}: expected YAML in UTF-8, got other bytes; save the file as UTF-8`,
    );
  }
}

function placeIn(path: string, text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  return `${path}:${before.length}:${before.at(-1)!.length + 1}`;
}

function readBytes(path: string): Uint8Array {
  try {
    const file = openRandomAccess(path);
    if (file.size > LARGEST)
      throw new UsageError(
        `${path}: expected a configuration of at most ${LARGEST} bytes, got ${file.size}; check the path`,
      );
    const bytes = new Uint8Array(file.size);
    file.read(bytes, 0);
    return bytes;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof NotFoundError)
      throw new NotFoundError(
        `${option("config")}: expected a YAML file, got ${path} (nothing is there); check the path`,
      );
    throw error instanceof DataError ? new UsageError(error.message) : error;
  }
}
