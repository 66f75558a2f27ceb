import { describe, expect, test } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { convert, fromNumbers, type Tensor, toNumbers, zeros } from "../tensor/tensor.ts";
import { loadGpt2 } from "./loadGpt2.ts";
import { buildModel } from "./zoo.ts";

const model = buildModel("gpt2:nano", { shape: [4], classes: 5 }, random(0));

/** What Hugging Face saves for a model of this size, with other numbers. */
function checkpoint(prefix = ""): Map<string, Tensor> {
  const other = buildModel("gpt2:nano", { shape: [4], classes: 5 }, random(1));
  const masks = [0, 1, 2].map((i) => [`${prefix}h.${i}.attn.bias`, zeros("float32", [1, 1, 128, 128])] as const);
  const weights = other.parameters.map(({ name, initial }) => [prefix + name, initial] as const);
  return new Map([...weights, ...masks]);
}

test("names and orientation are Hugging Face's", () => {
  const shapes = Object.fromEntries(model.parameters.map(({ name, initial }) => [name, initial.shape.join("×")]));
  expect(Object.keys(shapes)).toHaveLength(2 + 3 * 12 + 2);
  expect(shapes).toMatchObject({
    "wte.weight": "5×48",
    "wpe.weight": "128×48",
    "h.0.ln_1.weight": "48",
    "h.0.attn.c_attn.weight": "48×144",
    "h.0.attn.c_attn.bias": "144",
    "h.0.attn.c_proj.weight": "48×48",
    "h.2.ln_2.bias": "48",
    "h.2.mlp.c_fc.weight": "48×192",
    "h.2.mlp.c_proj.weight": "192×48",
    "ln_f.weight": "48",
    "ln_f.bias": "48",
  });
});

describe("weights are taken under their names", () => {
  const tied = () => {
    const tensors = checkpoint("transformer.");
    return tensors.set("lm_head.weight", tensors.get("transformer.wte.weight")!);
  };
  test.each([
    ["as GPT2Model saves them", checkpoint()],
    ["as GPT2LMHeadModel saves them", tied()],
  ])("%s", (_, tensors) => {
    const loaded = loadGpt2(model, tensors);
    const expected = checkpoint();
    expect(loaded.parameters.map(({ name }) => name)).toEqual(model.parameters.map(({ name }) => name));
    for (const { name, initial } of loaded.parameters)
      expect(toNumbers(initial)).toEqual(toNumbers(expected.get(name)!));
  });

  test("half precision is widened", () => {
    const half = new Map([...checkpoint()].map(([name, value]) => [name, convert(value, "float16")]));
    const { initial } = loadGpt2(model, half).parameters[0]!;
    expect(initial.type).toBe("float32");
    expect(toNumbers(initial)).toEqual(toNumbers(half.get("wte.weight")!));
  });
});

test("everything that does not fit is listed at once", () => {
  const tensors = checkpoint();
  tensors.delete("h.1.ln_1.weight");
  for (let i = 0; i < 6; i++) tensors.set(`h.${i + 3}.ln_1.bias`, zeros("float32", [48]));
  tensors.set("wpe.weight", zeros("float32", [1024, 48]));
  const load = () => loadGpt2(model, tensors);
  expect(load).toThrow(DataError);
  expect(load).toThrow(
    "gpt2_nano: expected a tensor for each of 40 parameters, got 1 missing (h.1.ln_1.weight), 6 unexpected (h.3.ln_1.bias, " +
      "h.4.ln_1.bias, h.5.ln_1.bias, h.6.ln_1.bias and 2 more), 1 of another shape (wpe.weight float32[1024, 48] instead of " +
      "float32[128, 48]); choose the model's own size",
  );
});

test("an output layer of its own is refused", () => {
  const head = fromNumbers("float32", [5, 48], Array(240).fill(1));
  expect(() => loadGpt2(model, checkpoint().set("lm_head.weight", head))).toThrow(
    /^gpt2: expected lm_head\.weight to be the token embedding wte\.weight, got other numbers; tie them before saving$/,
  );
});
