import type { Attribute, Attributes, OutputSpecification, Value } from "../graph/graph.ts";
import { ShapeError } from "../tensor/errors.ts";
import { isFloat, show, type Tensor } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";

/**
 * What Batchscope knows of one ONNX operator. Input and output names are the specification's; `"C?"` is optional and
 * `"inputs*"` takes any number. Rules are written for one node and never think of broadcasting: `backward` sums a
 * gradient that has the output's shape back to the input's, in one place.
 */
export interface Op {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeSpecification>>;
  /** One line for the op table: the specification version that is followed, and what is not covered. */
  readonly doc: string;
  /** `outputs` is how many the node has; `outputSpecifications` puts the result in the operator's order. */
  shape(io: LooseInputs, attributes: LooseAttributes, outputs: number): LooseOutputs;
  readonly gradient: NotDifferentiable | ((g: Builder, io: LooseIo, attributes: LooseAttributes) => LooseGradients);
  readonly rows: LooseRows;
}

type LooseInputs = Record<string, Value | readonly Value[] | undefined>;
type LooseIo = LooseInputs;
// biome-ignore lint/suspicious/noExplicitAny: attributes are decoded here once and typed by `defineOp` for every rule
type LooseAttributes = Record<string, any>;
type LooseOutputs = Record<string, OutputSpecification | readonly OutputSpecification[] | undefined>;
type LooseGradients = Record<string, Gradient | readonly Gradient[] | undefined>;
type Gradient = Value | NotDifferentiable | undefined;

/** How a node behaves when its examples fall into K groups of consecutive rows of axis 0. */
interface LooseRows {
  /** Whether block k of every output depends on block k of the grouped inputs only. */
  keepsGroups(io: LooseIo, attributes: LooseAttributes, isGrouped: (value: Value) => boolean): boolean;
  /**
   * Gradients of inputs that all groups share, one per group: [K, ...shape]. Without it, the plain rule is summed by
   * group.
   */
  readonly gradient?: (g: Builder, io: LooseIo, attributes: LooseAttributes, groups: number) => LooseGradients;
  /** The node as K separate mini-batches side by side, for operators that mix examples. Returns the first output. */
  readonly split?: (g: Builder, io: LooseIo, attributes: LooseAttributes, groups: number) => Value;
}

export interface NotDifferentiable {
  readonly notDifferentiable: string;
}

/** Written where no gradient exists, with the reason that a user is shown. Never left out. */
export function notDifferentiable(why: string): NotDifferentiable {
  return { notDifferentiable: why };
}

export function isNotDifferentiable(x: object): x is NotDifferentiable {
  return "notDifferentiable" in x;
}

/** The gradient of an integer or boolean input: there is none, and no path to a parameter leads through it. */
export const discrete = notDifferentiable("the input is not a real number");

export interface AttributeSpecification<K extends Attribute["kind"] = Attribute["kind"], V = unknown> {
  readonly kind: K;
  readonly fallback: V;
}

/** Attribute kinds. Without a fallback the attribute is optional and its rules see `undefined`. */
export const int = withFallback<"int", number>("int");
export const float = withFallback<"float", number>("float");
export const string = withFallback<"string", string>("string");
export const ints = () => ({ kind: "ints" as const, fallback: undefined });
export const tensorAttribute = () => ({ kind: "tensor" as const, fallback: undefined });

function withFallback<K extends Attribute["kind"], V>(kind: K) {
  return <F extends V | undefined = undefined>(fallback?: F) =>
    ({ kind, fallback }) as { kind: K; fallback: F extends undefined ? undefined : V };
}

type Plain<K> = K extends "int" | "float"
  ? number
  : K extends "ints"
    ? readonly number[]
    : K extends "tensor"
      ? Tensor
      : string;
type AttributesOf<A> = {
  readonly [N in keyof A]: A[N] extends AttributeSpecification<infer K, infer V>
    ? undefined extends V
      ? Plain<K> | undefined
      : Plain<K>
    : never;
};

type RequiredName<N> = N extends `${string}?` | `${string}*` ? never : N;
type OptionalName<N> = N extends `${infer S}?` ? S : never;
type ListName<N> = N extends `${infer S}*` ? S : never;
type Named<N extends readonly string[]> = { readonly [K in RequiredName<N[number]> & string]: Value } & {
  readonly [K in OptionalName<N[number]> & string]?: Value;
} & { readonly [K in ListName<N[number]> & string]: readonly Value[] };

type First<N extends readonly string[]> = RequiredName<N[0]>;
/**
 * `dY` for the first output is always given (zeros if nothing used it), as are those of a list of outputs; for the
 * others only when something did.
 */
type OutputGradients<N extends readonly string[]> = { readonly [K in First<N> & string as `d${K}`]: Value } & {
  readonly [K in OptionalName<N[number]> & string as `d${K}`]?: Value;
} & { readonly [K in ListName<N[number]> & string as `d${K}`]: readonly Value[] };

type InputGradients<N extends readonly string[]> = {
  readonly [K in RequiredName<N[number]> & string]: Value | NotDifferentiable;
} & { readonly [K in OptionalName<N[number]> & string]?: Value | NotDifferentiable | undefined } & {
  readonly [K in ListName<N[number]> & string]: readonly (Value | NotDifferentiable)[];
};

interface Definition<
  I extends readonly string[],
  O extends readonly string[],
  A extends Record<string, AttributeSpecification>,
> {
  readonly type: string;
  readonly inputs: I;
  readonly outputs: O;
  readonly attributes?: A;
  readonly doc: string;
  shape(
    inputs: Named<I>,
    attributes: AttributesOf<A>,
    outputs: number,
  ): { readonly [K in RequiredName<O[number]> & string]: OutputSpecification } & {
    readonly [K in OptionalName<O[number]> & string]?: OutputSpecification;
  } & { readonly [K in ListName<O[number]> & string]: readonly OutputSpecification[] };
  readonly gradient:
    | NotDifferentiable
    | ((g: Builder, io: Named<I> & Named<O> & OutputGradients<O>, attributes: AttributesOf<A>) => InputGradients<I>);
  readonly rows: {
    keepsGroups(io: Named<I> & Named<O>, attributes: AttributesOf<A>, isGrouped: (value: Value) => boolean): boolean;
    readonly gradient?: (
      g: Builder,
      io: Named<I> & Named<O> & OutputGradients<O>,
      attributes: AttributesOf<A>,
      groups: number,
    ) => Partial<InputGradients<I>>;
    readonly split?: (g: Builder, io: Named<I>, attributes: AttributesOf<A>, groups: number) => Value;
  };
}

/** Types a rule's arguments from the operator's own names, so that `dZ` or a forgotten input is a compile error. */
export function defineOp<
  const I extends readonly string[],
  const O extends readonly string[],
  // biome-ignore lint/complexity/noBannedTypes: an operator without attributes has exactly none
  A extends Record<string, AttributeSpecification> = {},
>(definition: Definition<I, O, A>): Op {
  return { attributes: {}, ...definition } as unknown as Op;
}

/**
 * Attributes with defaults filled in, as plain values; floats are rounded to float32, as ONNX stores them, so that
 * rules and kernels use the same number. Throws `ShapeError` for an attribute of another kind.
 */
export function plainAttributes(op: Pick<Op, "type" | "attributes">, attributes: Attributes): LooseAttributes {
  return Object.fromEntries(
    Object.entries(op.attributes).map(([name, { kind, fallback }]) => {
      const given = attributes[name];
      if (given && given.kind !== kind)
        throw new ShapeError(
          `${op.type}: expected attribute "${name}" of kind ${kind}, got ${given.kind}; export it again`,
        );
      const value = given ? given.value : fallback;
      return [name, kind === "float" && value !== undefined ? Math.fround(value as number) : value];
    }),
  );
}

/** Plain values tagged with the kinds that the operator declares; undefined ones are left out. */
export function taggedAttributes(op: Op, plain: LooseAttributes): Attributes {
  return Object.fromEntries(
    Object.entries(plain).flatMap(([name, value]) => {
      const kind = op.attributes[name]?.kind;
      if (!kind) throw new ShapeError(`internal: ${op.type} has no attribute "${name}"`);
      return value === undefined ? [] : [[name, { kind, value } as Attribute]];
    }),
  );
}

/**
 * Element type and shape of the first `count` outputs, in the operator's order. Throws `ShapeError` when the inputs do
 * not fit or the operator has fewer outputs.
 */
export function outputSpecifications(
  op: Op,
  inputs: readonly (Value | undefined)[],
  attributes: LooseAttributes,
  count: number,
): OutputSpecification[] {
  const shapes = op.shape(named(op.inputs, inputs), attributes, count);
  const all = op.outputs.flatMap((name) => shapes[name.replace(/[?*]$/, "")] ?? []);
  if (all.length < count)
    throw new ShapeError(`${op.type}: expected at most ${all.length} outputs, got ${count}; export the model again`);
  return all.slice(0, count);
}

/** Values of a node's inputs or outputs by the operator's names. */
export function named(names: readonly string[], values: readonly (Value | undefined)[]): LooseInputs {
  return Object.fromEntries(
    names.map((name, i) =>
      name.endsWith("*") ? [name.slice(0, -1), values.slice(i)] : [name.replace("?", ""), values[i]],
    ),
  );
}

/** Throws `ShapeError` unless all operands have one element type; returns it. */
export function sameType(op: string, ...values: Value[]): Value["type"] {
  const [first] = values;
  if (!first) throw new ShapeError(`internal: ${op} without operands`);
  if (values.some((value) => value.type !== first.type))
    throw new ShapeError(
      `${op}: expected operands of one element type, got ${values.map(show).join(" and ")}; insert a Cast`,
    );
  return first.type;
}

/** Throws `ShapeError` for integers and booleans where only real numbers make sense. */
export function requireFloat(op: string, value: Value): Value["type"] {
  if (!isFloat(value.type))
    throw new ShapeError(`${op}: expected a floating-point input, got ${show(value)}; insert a Cast`);
  return value.type;
}
