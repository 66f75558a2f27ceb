import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  alternatives,
  childrenOf,
  type Node,
  type Parts,
  parsed,
  type Source,
  type Template,
  templatesOf,
} from "./sentences.ts";

/** A template that an error is made of, and where. */
export interface ErrorTemplate extends Template {
  /** File and line. */
  readonly place: string;
}

/** Properties that say what is expected or why, wherever they are read, and another one that stands beside them. */
const wordProperties: ReadonlyMap<string, string | undefined> = new Map([
  ["expects", undefined],
  ["why", "most"],
]);

/** Functions that name a value: what they give is the same in all languages. */
const naming: ReadonlySet<string> = new Set(["show", "shown", "showValue", "showType", "quoted", "option"]);

/** So far is looked back for what a name stands for. */
const DEPTH = 5;

/** Every file of a folder but tests. */
export function readSources(folder: string): readonly Source[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.[jt]s$/.test(path) && !path.endsWith(".test.ts") && !path.startsWith("text/"))
    .sort()
    .map((path) => parsed(path, readFileSync(join(folder, path), "utf8")));
}

/** The templates of every error that the sources make, and of every reason that an error may hold. */
export function errorTemplates(sources: readonly Source[]): ErrorTemplate[] {
  const names = exportedFunctions(sources);
  return sources.flatMap((source) =>
    messages(source).flatMap((message) => {
      const place = `${source.path}:${source.text.slice(0, message.start).split("\n").length}`;
      const found = alternatives(message, (one) => resolved(one, source, { sources, names, depth: 0 }));
      return found
        .flatMap(handedOn)
        .flatMap(templatesOf)
        .map((template) => ({ ...template, place }));
    }),
  );
}

/**
 * What is said by the errors that a file makes: not by those that say `expected` and are none of our classes, which
 * are faults of ours unless something of the system caused them.
 */
function messages({ nodes, text }: Source): Node[] {
  const made = (nodes.get("NewExpression") ?? []).flatMap(({ callee, arguments: given }) => {
    const name = String((callee as Node).name);
    if (!/Error$/.test(name) || name === "InterruptedError") return [];
    const [message, cause] = (given as readonly Node[]).slice(name === "CommanderError" ? 2 : 0);
    const isOther = /^(Range|Type)?Error$/.test(name) && cause === undefined;
    return isOther && text.slice(message?.start, message?.end).includes("expected ") ? [] : [message];
  });
  const inherited = (nodes.get("CallExpression") ?? []).filter((node) => (node.callee as Node).type === "Super");
  return [...made, ...inherited.map(({ arguments: given }) => (given as readonly Node[])[0])].filter(
    (one) => one !== undefined,
  );
}

/** Every sentence that the sources have somewhere, without what comes into it from elsewhere. */
export function sentencesOf(sources: readonly Source[]): ReadonlySet<string> {
  const types = ["Literal", "TemplateLiteral", "BinaryExpression"];
  return new Set(
    sources.flatMap(({ nodes }) =>
      types
        .flatMap((type) => nodes.get(type) ?? [])
        .flatMap((node) => alternatives(node, () => []))
        .flatMap(templatesOf)
        .map(({ text }) => text),
    ),
  );
}

/** A message that another function makes. */
function handedOn(parts: Parts): readonly Parts[] {
  const [only] = parts;
  const isOther = parts.length === 1 && typeof only === "object" && only.options.length > 0;
  return isOther ? only.options.flatMap(handedOn) : [parts];
}

interface Scope {
  readonly sources: readonly Source[];
  readonly names: ReadonlyMap<string, { readonly source: Source; readonly node: Node }>;
  readonly depth: number;
  /** Whether this is what a property says, which may be another one of that name. */
  readonly ofProperty?: boolean;
}

const isFunction = ({ type }: Node) => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type);

function exportedFunctions(sources: readonly Source[]): Scope["names"] {
  return new Map(
    sources.flatMap((source) =>
      childrenOf(source.program)
        .filter(({ type }) => type === "ExportNamedDeclaration")
        .map(({ declaration }) => declaration as Node | null)
        .filter((node) => node?.type === "FunctionDeclaration")
        .map((node) => [String((node!.id as Node).name), { source, node: node! }] as const),
    ),
  );
}

/** What a name, a call or a property may say, as far as the sources tell. */
function resolved(node: Node, source: Source, scope: Scope): readonly Parts[] {
  if (scope.depth > DEPTH) return [];
  const deeper = { ...scope, depth: scope.depth + 1 };
  const read = (one: Node, at = source) => alternatives(one, (inner) => resolved(inner, at, deeper));
  const ofProperty = (name: string) => {
    if (!wordProperties.has(name) || scope.ofProperty) return [];
    const inside = { ...deeper, ofProperty: true };
    return propertiesCalled(name, scope.sources).flatMap(({ node: value, source: at }) =>
      alternatives(value, (one) => resolved(one, at, inside)),
    );
  };
  if (node.type === "MemberExpression" && node.computed) return partsOf(node, source).flatMap((one) => read(one));
  if (node.type === "MemberExpression") return ofProperty(String((node.property as Node).name));
  if (node.type === "Identifier") {
    const values = valuesOf(node, source).flatMap((one) => read(one));
    return values.length > 0 ? values : ofProperty(String(node.name));
  }
  if (node.type !== "CallExpression") return [];
  const name = String((node.callee as Node).name);
  if (naming.has(name)) return [];
  const local = functionCalled(name, source);
  const { source: at, node: found } = local ? { source, node: local } : (scope.names.get(name) ?? {});
  return found ? returnsOf(found).flatMap((one) => read(one, at)) : [];
}

/** Of `table[key]` all values; of `text.split("\\n")[0]` the text. */
function partsOf({ object }: Node, source: Source): Node[] {
  const { type, callee } = object as Node;
  if (type === "CallExpression" && ((callee as Node).property as Node | undefined)?.name === "split")
    return [(callee as Node).object as Node];
  const values = type === "Identifier" ? valuesOf(object as Node, source) : [];
  return values.flatMap((one) =>
    one.type === "ObjectExpression"
      ? (one.properties as readonly Node[]).flatMap(({ value }) => (value ? [value as Node] : []))
      : [],
  );
}

function propertiesCalled(
  name: string,
  sources: readonly Source[],
): { readonly node: Node; readonly source: Source }[] {
  const beside = wordProperties.get(name);
  const stands = (node: Node, { parents }: Source) =>
    beside === undefined || propertyOf(parents.get(node)!, beside).length > 0;
  return sources.flatMap((source) =>
    (source.nodes.get("Property") ?? [])
      .filter((node) => (node.key as Node).name === name && !node.method && stands(node, source))
      .map(({ value }) => ({ node: value as Node, source })),
  );
}

function functionCalled(name: string, { nodes }: Source): Node | undefined {
  const declared = nodes.get("FunctionDeclaration")?.find(({ id }) => (id as Node | null)?.name === name);
  const held = nodes
    .get("VariableDeclarator")
    ?.find(({ id, init }) => (id as Node).name === name && init && isFunction(init as Node));
  return declared ?? (held?.init as Node | undefined);
}

function returnsOf(node: Node): Node[] {
  const body = node.body as Node;
  if (body.type !== "BlockStatement") return [body];
  const found: Node[] = [];
  const walk = (one: Node) => {
    if (isFunction(one)) return;
    if (one.type === "ReturnStatement" && one.argument) found.push(one.argument as Node);
    childrenOf(one).forEach(walk);
  };
  walk(body);
  return found;
}

/** The expressions that a name stands for: of its declaration and what is given to it, or of calls for a parameter. */
function valuesOf(identifier: Node, source: Source): Node[] {
  const name = String(identifier.name);
  for (let at: Node | undefined = source.parents.get(identifier); at; at = source.parents.get(at)) {
    if (at.type !== "Program" && !isFunction(at)) continue;
    const declared = declaredIn(at, name, source);
    if (declared.length > 0) return declared;
    const given = at.type === "Program" ? [] : givenTo(at, name, source);
    if (given !== undefined) return given;
  }
  return [];
}

function declaredIn(scope: Node, name: string, { nodes }: Source): Node[] {
  const isWithin = ({ start, end }: Node) => start >= scope.start && end <= scope.end;
  const assigned = (nodes.get("AssignmentExpression") ?? []).filter(
    (node) => (node.left as Node).name === name && isWithin(node),
  );
  const declared = (nodes.get("VariableDeclarator") ?? []).filter((node) => node.init && isWithin(node));
  return [
    ...assigned.map(({ right }) => right as Node),
    ...declared.flatMap(({ id, init }) => pickedBy(id as Node, name, [init as Node])),
  ];
}

/** Of values that a pattern takes apart, what `name` gets. */
function pickedBy(pattern: Node, name: string, values: readonly Node[]): Node[] {
  const flat = values.flatMap(choices);
  if (pattern.type === "Identifier") return pattern.name === name ? flat : [];
  if (pattern.type === "ArrayPattern")
    return (pattern.elements as readonly (Node | null)[]).flatMap((element, i) =>
      element
        ? pickedBy(
            element,
            name,
            flat.flatMap((one) => (one.type === "ArrayExpression" ? nodeAt(one.elements, i) : [])),
          )
        : [],
    );
  if (pattern.type !== "ObjectPattern") return [];
  return (pattern.properties as readonly Node[]).flatMap(({ key, value }) =>
    value
      ? pickedBy(
          value as Node,
          name,
          flat.flatMap((one) => propertyOf(one, String((key as Node).name))),
        )
      : [],
  );
}

function choices(node: Node): Node[] {
  if (node.type === "ConditionalExpression")
    return [node.consequent, node.alternate].flatMap((one) => choices(one as Node));
  return [node];
}

const nodeAt = (list: unknown, i: number) => [(list as readonly (Node | null)[])[i]].filter((one) => one != null);

function propertyOf(node: Node, name: string): Node[] {
  if (node.type !== "ObjectExpression") return [];
  return (node.properties as readonly Node[])
    .filter(({ key }) => (key as Node | undefined)?.name === name)
    .map(({ value }) => value as Node);
}

/** What calls of a function in its own file give to its parameter; nothing where it has none of that name. */
function givenTo(node: Node, name: string, source: Source): Node[] | undefined {
  const parameters = (node.params as readonly Node[]).map((one) =>
    one.type === "AssignmentPattern" ? (one.left as Node) : one,
  );
  const at = parameters.findIndex((one) => names(one).includes(name));
  if (at < 0) return undefined;
  const parent = source.parents.get(node);
  const called = ((node.id as Node | null) ?? (parent?.type === "VariableDeclarator" ? (parent.id as Node) : undefined))
    ?.name;
  if (called === undefined) return [];
  const calls = (source.nodes.get("CallExpression") ?? []).filter(({ callee }) => (callee as Node).name === called);
  return pickedBy(
    parameters[at]!,
    name,
    calls.flatMap((call) => nodeAt(call.arguments, at)),
  );
}

/** The names that a parameter declares. */
function names(pattern: Node): string[] {
  return [...(pattern.type === "Identifier" ? [String(pattern.name)] : []), ...childrenOf(pattern).flatMap(names)];
}
