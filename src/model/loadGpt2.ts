import { is, requireArguments } from "../tensor/arguments.ts";
import { DataError } from "../tensor/errors.ts";
import { convert, show, type Tensor } from "../tensor/tensor.ts";
import type { Model } from "./model.ts";

/** Causal masks that older files hold beside the weights. */
const masks = /^h\.\d+\.attn\.(masked_)?bias$/;

/**
 * A GPT-2 of the zoo with the weights of a Hugging Face checkpoint, given as its tensors by name (`model.safetensors`:
 * `wte.weight`, `h.0.attn.c_attn.weight` [in, out], …, with or without `transformer.` in front). The output layer
 * `lm_head.weight`, where a file has one, must be the token embedding.
 *
 * Throws `DataError` that lists what is missing, what nothing takes and what has another shape.
 */
export function loadGpt2(model: Model, tensors: ReadonlyMap<string, Tensor>): Model {
  requireArguments("loadGpt2", { model, tensors }, { model: is.model, tensors: is.map });
  const given = new Map([...tensors].map(([name, value]) => [name.replace(/^transformer\./, ""), value]));
  const [head, vocabulary] = [given.get("lm_head.weight"), given.get("wte.weight")];
  if (head && vocabulary && !sameNumbers(head, vocabulary))
    throw new DataError(
      "gpt2: expected lm_head.weight to be the token embedding wte.weight, got other numbers; tie them before saving",
    );
  for (const name of [...given.keys()]) if (masks.test(name) || name === "lm_head.weight") given.delete(name);
  return withParameters(model, given);
}

function sameNumbers(a: Tensor, b: Tensor): boolean {
  return a.data.length === b.data.length && a.data.every((value, i) => value === b.data[i]);
}

/** The model with these initial values instead of its own: exactly one for each parameter, of its shape. */
function withParameters(model: Model, tensors: ReadonlyMap<string, Tensor>): Model {
  const known = new Set(model.parameters.map(({ name }) => name));
  const wrong = model.parameters.flatMap(({ name, initial }) => {
    const found = tensors.get(name);
    if (!found || found.shape.join() === initial.shape.join()) return [];
    return [`${name} ${show(found)} instead of ${show(initial)}`];
  });
  const problems = [
    ["missing", [...known].filter((name) => !tensors.has(name))],
    ["unexpected", [...tensors.keys()].filter((name) => !known.has(name))],
    ["of another shape", wrong],
  ] as const;
  const lines = problems.flatMap(([what, names]) =>
    names.length > 0 ? [`${names.length} ${what} (${some(names)})`] : [],
  );
  if (lines.length > 0)
    throw new DataError(
      `${model.name}: expected a tensor for each of ${known.size} parameters, got ${lines.join(", ")}; choose the model's own size`,
    );
  const parameters = model.parameters.map(({ name }) => ({ name, initial: convert(tensors.get(name)!, "float32") }));
  return { ...model, parameters };
}

function some(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} more` : names.join(", ");
}
