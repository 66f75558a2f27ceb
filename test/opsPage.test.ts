import { expect, test } from "vitest";
import { rewrites } from "../src/model/rewrites/rewrites.ts";
import { isNotDifferentiable, type Op } from "../src/ops/op.ts";
import { groupByGroup } from "../src/ops/rows.ts";
import { ops } from "../src/ops/table.ts";

const intro = `# Operators

Networks exported to ONNX with operator sets 13 to 20 may use these operators. The page is written from the op table:
\`npx vitest run test/opsPage.test.ts -u\` writes it again, and the test fails while it is out of date.

Files come from PyTorch's exporter, or from Keras by tf2onnx. An only input may have any name, and images with channels last are read
from data that have them first. A loss that applies the last activation of a network itself (Softmax for classes, Sigmoid for binary
targets) takes the logits before it. Batch normalisation exported for inference, as tf2onnx always does, keeps its running statistics
while it trains. Exported for training, its running variance takes n/(n − 1) times the variance of a micro-batch of n values where the
file is PyTorch's, as PyTorch and our own models do, and else the variance itself, as ONNX says; the log of a run says which. Weights of bfloat16, float16 and float64 become float32.

- **Specification**: the version of \`ai.onnx\` whose words the operator follows, and what is not covered.
- **Gradient**: every rule is checked against central differences in float64, and so is its own gradient, which exact
  Hessian-vector products need. Where there is none, the reason is what a user is shown. An operator without a gradient may stand in
  a network wherever no parameter has to learn through it.
- **Rows**: how gradients of K groups of examples are taken. *One pass*: all at once, as long as the operator does not work along the
  axis of the examples. *Own rule*: at once, by a rule made for shared inputs such as weights. *Group by group*: a pass for each group;
  slower, and the same numbers.

Randomness comes from the host and never from an operator, so that a run can be resumed bit for bit. Hence Dropout is left out when a
model is imported, whatever the mode it was exported in.
`;

const cell = (text: string) => text.replaceAll("|", "\\|");

function rowsOf({ rows }: Op): string {
  if (rows === groupByGroup) return "group by group";
  return rows.gradient ? "own rule" : "one pass";
}

function lineOf(op: Op): string {
  const gradient = isNotDifferentiable(op.gradient) ? `none: ${op.gradient.notDifferentiable}` : "yes";
  return `| ${op.type} | ${cell(op.doc)} | ${cell(gradient)} | ${rowsOf(op)} |`;
}

function page(): string {
  const table = Object.values(ops)
    .map(lineOf)
    .sort((a, b) => a.localeCompare(b, "en"));
  const rewritten = Object.keys(rewrites).filter((name) => !Object.hasOwn(ops, name));
  return `${intro}
| operator | specification | gradient | rows |
| --- | --- | --- | --- |
${table.join("\n")}

## Written in other operators on import

${rewritten.sort((a, b) => a.localeCompare(b, "en")).join(", ")}. Their gradients and rows are those of the operators that they become.
`;
}

test("docs/ops.md says what the op table says", async () => {
  await expect(page()).toMatchFileSnapshot("../docs/ops.md");
});
