import { parseSync } from "vite";

/** A node of a syntax tree, of which only what is asked for is named. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface Source {
  /** From the folder on that was read. */
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  /** All nodes by their type, in the order of the text. */
  readonly nodes: ReadonlyMap<string, readonly Node[]>;
  readonly parents: ReadonlyMap<Node, Node>;
}

/** What a sentence leaves open: anything, or one of the sentences that the sources say. */
export interface Hole {
  readonly options: readonly Parts[];
}

/** A sentence as the sources put it together. */
export type Parts = readonly (string | Hole)[];

/** A sentence with `{0}`, `{1}` … where something comes in, and the words in the sources that may come in there. */
export interface Template {
  readonly text: string;
  readonly words: readonly (readonly Template[])[];
}

export function parsed(path: string, text: string): Source {
  const program = parseSync(path, text).program as unknown as Node;
  const parents = new Map<Node, Node>();
  const nodes = new Map<string, Node[]>();
  const add = (node: Node) => {
    const alike = nodes.get(node.type);
    if (alike === undefined) nodes.set(node.type, [node]);
    else alike.push(node);
    for (const child of childrenOf(node)) {
      parents.set(child, node);
      add(child);
    }
  };
  add(program);
  return { path, text, program, nodes, parents };
}

export function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof (value as Node).type === "string") found.push(value as Node);
  };
  for (const key in node) look(node[key]);
  return found;
}

/** What an expression that is no text may say, where that can be found out. */
export type Resolve = (node: Node) => readonly Parts[];

/** What an expression may be as a text: one sentence for each way to choose. */
export function alternatives(node: Node, resolve: Resolve): readonly Parts[] {
  const inner = (key: string) => alternatives(node[key] as Node, resolve);
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [[node.value]] : [[open]];
    case "TemplateLiteral":
      return product(templateParts(node, resolve));
    case "BinaryExpression":
      return isText(node) ? product([inner("left"), inner("right")]) : [[open]];
    case "ConditionalExpression":
      return [...inner("consequent"), ...inner("alternate")];
    case "LogicalExpression":
      if (node.operator === "&&") return [[""], ...inner("right")];
      return [...(node.operator === "||" ? inner("left").map(unlessEmpty) : inner("left")), ...inner("right")];
    case "ParenthesizedExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "AwaitExpression":
      return inner("expression" in node ? "expression" : "argument");
    default:
      return optionOf(node) ?? [[holeOf(resolve(node))]];
  }
}

const open: Hole = { options: [] };

/** A hole for what may be one of several; none of them matters where none has words. */
const holeOf = (found: readonly Parts[]): Hole => (found.some(hasWords) ? { options: found } : open);

/** What stands left of `||` is something where it is taken. */
function unlessEmpty(parts: Parts): Parts {
  return parts.map((part) =>
    typeof part === "string" ? part : { options: part.options.filter((one) => one.some((text) => text !== "")) },
  );
}

/** The pieces of a template; what comes in between stays a hole, and says which words it may be. */
function templateParts(node: Node, resolve: Resolve): (readonly Parts[])[] {
  const texts = (node.quasis as readonly { readonly value: { readonly cooked: string } }[]).map(
    ({ value }) => value.cooked,
  );
  const holes = (node.expressions as readonly Node[]).map((one): readonly Parts[] => {
    const found = alternatives(one, resolve);
    return found.length === 1 ? found : [[holeOf(found)]];
  });
  return texts.flatMap((text, i): (readonly Parts[])[] => (i < holes.length ? [[[text]], holes[i]!] : [[[text]]]));
}

/** `option("batchSize")`, which is a constant. */
function optionOf(node: Node): readonly Parts[] | undefined {
  if (node.type !== "CallExpression" || (node.callee as Node).name !== "option") return undefined;
  const [name] = node.arguments as readonly Node[];
  return name?.type === "Literal" ? [[`\`${String(name.value)}\``]] : undefined;
}

/** Whether `+` joins texts here. */
function isText(node: Node): boolean {
  if (node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string")) return true;
  return (
    node.type === "BinaryExpression" &&
    node.operator === "+" &&
    [node.left, node.right].some((one) => isText(one as Node))
  );
}

function product(choices: readonly (readonly Parts[])[]): readonly Parts[] {
  return choices.reduce<readonly Parts[]>(
    (all, some) => all.flatMap((one) => some.map((more) => [...one, ...more])),
    [[]],
  );
}

/** Whether it says anything that another language says in other words. */
export function hasWords(parts: Parts): boolean {
  return parts.some((part) => (typeof part === "string" ? isWords(part) : part.options.some(hasWords)));
}

/** Names of options, and what stands between quotation marks, are no words. */
function isWords(text: string): boolean {
  return /[A-Za-z]{2,}/.test(text.replace(/`\w+`|"[^"]*"/g, ""));
}

/**
 * The templates of a sentence. Nothing stands between two neighbouring holes by which a reader of the sentence could
 * tell them apart: one that may be words becomes a template for each of these, others are one hole. So does one
 * beside which only a space and another one stand.
 */
export function templatesOf(parts: Parts): Template[] {
  const joined = join(parts);
  const isOpen = (at: number) => typeof joined[at] === "object";
  const mayBeWords = (at: number) => isOpen(at) && (joined[at] as Hole).options.length > 0;
  const each = (at: number, options: readonly Parts[]) =>
    options.flatMap((option) => templatesOf([...joined.slice(0, at), ...option, ...joined.slice(at + 1)]));
  const at = joined.findIndex((_, i) => isOpen(i) && isOpen(i + 1));
  if (at >= 0) {
    const chosen = [at + 1, at].find(mayBeWords);
    return chosen === undefined ? each(at, [[]]) : each(chosen, (joined[chosen] as Hole).options);
  }
  const chosen = joined.length === 3 && joined[1] === " " ? joined.findIndex((_, i) => mayBeWords(i)) : -1;
  return chosen < 0 ? [templateOf(joined)] : each(chosen, (joined[chosen] as Hole).options);
}

function join(parts: Parts): Parts {
  const joined: (string | Hole)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part;
    else if (part !== "") joined.push(part);
  }
  return joined;
}

function templateOf(parts: Parts): Template {
  let holes = 0;
  const text = parts.map((part) => (typeof part === "string" ? part : `{${holes++}}`)).join("");
  const options = parts.flatMap((part) => (typeof part === "string" ? [] : [part.options]));
  return { text, words: options.map((one) => one.filter(hasWords).flatMap(templatesOf).flatMap(wordsOf)) };
}

/** A sentence that only hands on another one is that one. */
function wordsOf(template: Template): readonly Template[] {
  return template.text === "{0}" ? template.words[0]! : [template];
}
