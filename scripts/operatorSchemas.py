"""Writes src/graph/operatorSchemas.ts: what ONNX's own schemas say of the operators that an imported file may use.

    pip install onnx && python3 scripts/operatorSchemas.py

Any version of the package onnx from 1.15 on knows the operator sets 13 to 20. test/operatorSchemas.test.ts compares the table with
the bundled ONNX Runtime.
"""

import pathlib
import re

from onnx import defs

FIRST, LAST = 13, 20
ROOT = pathlib.Path(__file__).parent.parent / "src"
# What a tensor may hold; others are refused before.
TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(bfloat16)": "bfloat16",
    "tensor(int8)": "int8",
    "tensor(uint8)": "uint8",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
    "tensor(bool)": "bool",
}
OPTION = {"Single": "", "Optional": "?", "Variadic": "*"}
HEADER = """\
// Written by scripts/operatorSchemas.py from the operator schemas of ONNX, operator sets 13 to 20. Do not edit.

/** What a node of one operator may be, from operator set `since` on. */
export interface OperatorSchema {
  readonly since: number;
  /**
   * `name: type`: "?" may be left out, "*" stands for any number from 1 on. A type is an element type or a parameter of
   * `types`.
   */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Kinds as in onnx.proto; "!" must be there. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Element types of each parameter, which all its inputs and outputs share; "any" takes each its own. */
  readonly types: Readonly<Record<string, string>>;
}

export const operatorSchemas: ReadonlyMap<string, readonly OperatorSchema[]> = new Map<string, OperatorSchema[]>([
"""


def operators():
    tables = [ROOT / "ops/table.ts", ROOT / "model/rewrites/rewrites.ts"]
    names = [n for path in tables for n in re.findall(r"^  (\w+): \w+,$", path.read_text(), re.M)]
    return sorted({*names, "Constant", "If"})


def versions(name):
    """The schemas that were in force in one of the operator sets."""
    found = [s for s in defs.get_all_schemas_with_history() if s.name == name and s.domain == ""]
    found.sort(key=lambda s: s.since_version)
    later = [s.since_version for s in found[1:]] + [LAST + 1]
    return [s for s, end in zip(found, later) if s.since_version <= LAST and end > FIRST]


def formal(parameter):
    option = OPTION[str(parameter.option).split(".")[-1]]
    name = parameter.type_str if parameter.is_homogeneous else "any"
    return f'"{parameter.name}{option}: {TYPES.get(name, name)}"'


def kind(attribute):
    return f'"{str(attribute.type).split(".")[-1]}{"!" if attribute.required else ""}"'


def element_types(constraint):
    allowed = [name for tensor, name in TYPES.items() if tensor in constraint.allowed_type_strs]
    return f'{constraint.type_param_str}: "{" ".join(allowed)}"'


def entry(s):
    attributes = ", ".join(f"{n}: {kind(a)}" for n, a in sorted(s.attributes.items()))
    types = ", ".join(map(element_types, s.type_constraints))
    return (
        f"{{ since: {s.since_version}, inputs: [{', '.join(map(formal, s.inputs))}],"
        f" outputs: [{', '.join(map(formal, s.outputs))}],"
        f" attributes: {{ {attributes} }}, types: {{ {types} }} }}"
    )


def main():
    lines = [f'  ["{name}", [{", ".join(map(entry, versions(name)))}]],' for name in operators()]
    path = ROOT / "graph/operatorSchemas.ts"
    path.write_text(HEADER + "\n".join(lines) + "\n]);\n")
    print(f"{path}: {len(lines)} operators; now npx biome format --write {path}")


main()
