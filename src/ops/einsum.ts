import type { Value } from "../graph/graph.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, show } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, notDifferentiable, type Op, sameType, string } from "./op.ts";

const ALPHABET = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

/** One letter per axis; an ellipsis is spelled out in letters that the equation does not use. */
interface Subscripts {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

function refuse(equation: string, inputs: readonly Value[], why: string): never {
  throw new ShapeError(
    `Einsum: expected an equation that fits its operands, got "${equation}" for ${inputs.map(show).join(", ")} (${why}); check the subscripts`,
  );
}

/** Letters that are not in use. */
function unusedLetters(used: Iterable<string>, count: number): string[] {
  const taken = new Set(used);
  const free = ALPHABET.filter((letter) => !taken.has(letter));
  if (free.length < count)
    throw new ShapeError(`Einsum: expected at most 52 different axes, got ${taken.size + count}; split the product`);
  return free.slice(0, count);
}

/** Throws `ShapeError` for an equation that is malformed or does not fit the operands. */
function parse(equation: string, inputs: readonly Value[]): Subscripts {
  const [left = "", right, ...rest] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const malformed = [...terms, right ?? ""].some((term) => !/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term));
  if (malformed || rest.length > 0) refuse(equation, inputs, "malformed");
  if (terms.length !== inputs.length) refuse(equation, inputs, `${terms.length} terms`);
  const hidden = terms.map((term, i) => {
    const count = inputs[i]!.shape.length - term.replace("...", "").length;
    if (count < 0 || (count > 0 && !term.includes("..."))) refuse(equation, inputs, `term ${i + 1}`);
    return count;
  });
  const ellipsis = unusedLetters(equation, Math.max(...hidden));
  const spelledOut = terms.map((term, i) => spell(term, ellipsis.slice(ellipsis.length - hidden[i]!)));
  const all = spelledOut.flat();
  const once = [...new Set(all)].filter((letter) => !ellipsis.includes(letter) && count(all, letter) === 1);
  const output = right === undefined ? [...ellipsis, ...once.sort()] : spell(right, ellipsis);
  if (new Set(output).size !== output.length || output.some((letter) => !all.includes(letter)))
    refuse(equation, inputs, "the output repeats a subscript or has a new one");
  return { inputs: spelledOut, output, sizes: sizesOf(equation, spelledOut, inputs) };
}

function spell(term: string, ellipsis: readonly string[]): string[] {
  return term.split("...").flatMap((part, i) => (i === 0 ? [...part] : [...ellipsis, ...part]));
}

function count(letters: readonly string[], letter: string): number {
  return letters.filter((other) => other === letter).length;
}

/** An axis of 1 broadcasts against others of its letter. */
function sizesOf(equation: string, letters: readonly (readonly string[])[], inputs: readonly Value[]) {
  const sizes = new Map<string, number>();
  for (const [i, value] of inputs.entries())
    for (const [axis, letter] of letters[i]!.entries()) {
      const [size, known = 1] = [value.shape[axis]!, sizes.get(letter)];
      if (size !== 1 && known !== 1 && size !== known) refuse(equation, inputs, `"${letter}" is ${known} and ${size}`);
      sizes.set(letter, size === 1 ? known : size);
    }
  return sizes;
}

interface Term {
  readonly value: Value;
  readonly letters: readonly string[];
}

/** The same numbers without axes of 1, which then need no broadcasting rule. */
function squeezed(g: Builder, { value, letters }: Term): Term {
  const kept = letters.filter((_, axis) => value.shape[axis] !== 1);
  return {
    value: g.reshape(
      value,
      value.shape.filter((size) => size !== 1),
    ),
    letters: kept,
  };
}

/**
 * Σ Π terms over all letters that `target` lacks, as one Einsum. Unlike ONNX's, the target may repeat a letter (the
 * result lies on the diagonal) and may have letters that no term has (the result is repeated along them).
 */
function contract(g: Builder, terms: readonly Term[], target: readonly string[], sizes: ReadonlyMap<string, number>) {
  const { type } = terms[0]!.value;
  const factors = terms.map((term) => squeezed(g, term));
  const letters: string[] = [];
  for (const letter of target) {
    const size = sizes.get(letter)!;
    const ones = (shape: number[], at: (i: number) => boolean) =>
      g.constant(
        fromNumbers(
          type,
          shape,
          Array.from({ length: shape[0]! * (shape[1] ?? 1) }, (_, i) => Number(at(i))),
        ),
      );
    if (letters.includes(letter)) {
      const [fresh] = unusedLetters([...sizes.keys(), ...letters], 1);
      factors.push({ value: ones([size, size], (i) => i % (size + 1) === 0), letters: [letter, fresh!] });
      letters.push(fresh!);
    } else {
      const known = factors.some((factor) => factor.letters.includes(letter));
      if (!known) factors.push({ value: ones([size], () => true), letters: [letter] });
      letters.push(letter);
    }
  }
  const scalars = factors.filter((factor) => factor.letters.length === 0).map(({ value }) => value);
  const arrays = factors.filter((factor) => factor.letters.length > 0);
  const equation = `${arrays.map((factor) => factor.letters.join("")).join()}->${letters.join("")}`;
  const product =
    arrays.length > 0
      ? [
          g.einsum(
            arrays.map(({ value }) => value),
            equation,
          ),
        ]
      : [];
  return [...product, ...scalars].reduce((left, right) => g.mul(left, right));
}

/** Letters of the axes that are longer than 1. */
function longAxes(value: Value, letters: readonly string[]): string[] {
  return letters.filter((_, axis) => value.shape[axis] !== 1);
}

/** [N, …] as [K, N/K, …], with a letter for the groups in front. */
function grouped(g: Builder, { value, letters }: Term, group: string, groups: number): Term {
  const [N = 1, ...rest] = value.shape;
  return { value: g.reshape(value, [groups, N / groups, ...rest]), letters: [group, ...letters] };
}

/**
 * Output = Σ Π Inputs over the subscripts that the output lacks, one letter per axis; "..." stands for any leading
 * axes, which broadcast, and a letter twice in one term for its diagonal.
 *
 *   dInputs[k] = Einsum of dOutput and the other operands, to the subscripts of operand k; its repeated letters put
 *   the result on the diagonal, and those that nothing else has repeat it
 */
export const einsum: Op = defineOp({
  type: "Einsum",
  inputs: ["Inputs*"],
  outputs: ["Output"],
  attributes: { equation: string() },
  doc: "Einsum-12: any number of operands, ellipses, repeated and missing subscripts.",
  shape({ Inputs }, { equation = "" }) {
    const { output, sizes } = parse(equation, Inputs);
    return { Output: { type: sameType("Einsum", ...Inputs), shape: output.map((letter) => sizes.get(letter)!) } };
  },
  gradient(g, { Inputs, dOutput }, { equation = "" }) {
    const { inputs, output, sizes } = parse(equation, Inputs);
    const terms = Inputs.map((value, i): Term => ({ value, letters: inputs[i]! }));
    const gradients = terms.map(({ value, letters }, k) => {
      const others = terms.filter((_, i) => i !== k);
      const result = contract(g, [{ value: dOutput, letters: output }, ...others], longAxes(value, letters), sizes);
      return g.reshape(result, value.shape);
    });
    return { Inputs: gradients };
  },
  rows: {
    keepsGroups({ Inputs, Output }, { equation = "" }, isGrouped) {
      const { inputs, output } = parse(equation, Inputs);
      return Inputs.every((value, i) => {
        const letters = inputs[i]!;
        if (!isGrouped(value)) return !longAxes(value, letters).includes(output[0]!);
        return letters[0] === output[0] && count(letters, output[0]!) === 1 && value.shape[0] === Output.shape[0];
      });
    },
    /** The examples' letter n is split into the group's, which the result keeps, and one that is summed over. */
    gradient(g, { Inputs, dOutput }, { equation = "" }, groups) {
      const { inputs, output, sizes } = parse(equation, Inputs);
      const [group] = unusedLetters(sizes.keys(), 1);
      const [examples] = output;
      const perGroup = new Map(sizes).set(group!, groups);
      const isShared = inputs.map((letters, i) => !longAxes(Inputs[i]!, letters).includes(examples!));
      const terms = Inputs.map((value, i): Term => {
        const term = { value, letters: inputs[i]! };
        return isShared[i] ? term : grouped(g, term, group!, groups);
      });
      const dY = grouped(g, { value: dOutput, letters: output }, group!, groups);
      const gradients = Inputs.map((value, k) => {
        if (!isShared[k]) return notDifferentiable("every example has its own");
        const target = groups === 1 ? [] : [group!];
        const others = terms.filter((_, i) => i !== k);
        const result = contract(g, [dY, ...others], [...target, ...longAxes(value, inputs[k]!)], perGroup);
        return g.reshape(result, [groups, ...value.shape]);
      });
      return { Inputs: gradients };
    },
  },
});
