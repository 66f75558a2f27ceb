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
  [
    "Abs",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Acos",
    [
      {
        since: 7,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Acosh",
    [
      {
        since: 9,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Add",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 14,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "And",
    [{ since: 7, inputs: ["A: T", "B: T"], outputs: ["C: T1"], attributes: {}, types: { T: "bool", T1: "bool" } }],
  ],
  [
    "ArgMax",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: int64"],
        attributes: { axis: "INT", keepdims: "INT", select_last_index: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "ArgMin",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: int64"],
        attributes: { axis: "INT", keepdims: "INT", select_last_index: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Asin",
    [
      {
        since: 7,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Asinh",
    [
      {
        since: 9,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Atan",
    [
      {
        since: 7,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Atanh",
    [
      {
        since: 9,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "AveragePool",
    [
      {
        since: 11,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {
          auto_pad: "STRING",
          ceil_mode: "INT",
          count_include_pad: "INT",
          kernel_shape: "INTS!",
          pads: "INTS",
          strides: "INTS",
        },
        types: { T: "float32 float64 float16" },
      },
      {
        since: 19,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {
          auto_pad: "STRING",
          ceil_mode: "INT",
          count_include_pad: "INT",
          dilations: "INTS",
          kernel_shape: "INTS!",
          pads: "INTS",
          strides: "INTS",
        },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "BatchNormalization",
    [
      {
        since: 9,
        inputs: ["X: T", "scale: T", "B: T", "mean: T", "var: T"],
        outputs: ["Y: T", "mean?: T", "var?: T", "saved_mean?: T", "saved_var?: T"],
        attributes: { epsilon: "FLOAT", momentum: "FLOAT" },
        types: { T: "float32 float64 float16" },
      },
      {
        since: 14,
        inputs: ["X: T", "scale: T", "B: T", "input_mean: U", "input_var: U"],
        outputs: ["Y: T", "running_mean?: U", "running_var?: U"],
        attributes: { epsilon: "FLOAT", momentum: "FLOAT", training_mode: "INT" },
        types: { T: "float32 float64 float16 bfloat16", U: "float32 float64 float16 bfloat16" },
      },
      {
        since: 15,
        inputs: ["X: T", "scale: T1", "B: T1", "input_mean: T2", "input_var: T2"],
        outputs: ["Y: T", "running_mean?: T2", "running_var?: T2"],
        attributes: { epsilon: "FLOAT", momentum: "FLOAT", training_mode: "INT" },
        types: {
          T: "float32 float64 float16 bfloat16",
          T1: "float32 float64 float16 bfloat16",
          T2: "float32 float64 float16 bfloat16",
        },
      },
    ],
  ],
  [
    "BitShift",
    [
      {
        since: 11,
        inputs: ["X: T", "Y: T"],
        outputs: ["Z: T"],
        attributes: { direction: "STRING!" },
        types: { T: "uint8" },
      },
    ],
  ],
  [
    "BitwiseAnd",
    [
      {
        since: 18,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "BitwiseNot",
    [{ since: 18, inputs: ["X: T"], outputs: ["Y: T"], attributes: {}, types: { T: "int8 uint8 int32 int64" } }],
  ],
  [
    "BitwiseOr",
    [
      {
        since: 18,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "BitwiseXor",
    [
      {
        since: 18,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Cast",
    [
      {
        since: 13,
        inputs: ["input: T1"],
        outputs: ["output: T2"],
        attributes: { to: "INT!" },
        types: {
          T1: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool",
          T2: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool",
        },
      },
      {
        since: 19,
        inputs: ["input: T1"],
        outputs: ["output: T2"],
        attributes: { saturate: "INT", to: "INT!" },
        types: {
          T1: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool",
          T2: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool",
        },
      },
    ],
  ],
  [
    "Ceil",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Celu",
    [{ since: 12, inputs: ["X: T"], outputs: ["Y: T"], attributes: { alpha: "FLOAT" }, types: { T: "float32" } }],
  ],
  [
    "CenterCropPad",
    [
      {
        since: 18,
        inputs: ["input_data: T", "shape: Tind"],
        outputs: ["output_data: T"],
        attributes: { axes: "INTS" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
    ],
  ],
  [
    "Clip",
    [
      {
        since: 13,
        inputs: ["input: T", "min?: T", "max?: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Compress",
    [
      {
        since: 11,
        inputs: ["input: T", "condition: T1"],
        outputs: ["output: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 int8 uint8 int32 int64 bool", T1: "bool" },
      },
    ],
  ],
  [
    "Concat",
    [
      {
        since: 13,
        inputs: ["inputs*: T"],
        outputs: ["concat_result: T"],
        attributes: { axis: "INT!" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Constant",
    [
      {
        since: 13,
        inputs: [],
        outputs: ["output: T"],
        attributes: {
          sparse_value: "SPARSE_TENSOR",
          value: "TENSOR",
          value_float: "FLOAT",
          value_floats: "FLOATS",
          value_int: "INT",
          value_ints: "INTS",
          value_string: "STRING",
          value_strings: "STRINGS",
        },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 19,
        inputs: [],
        outputs: ["output: T"],
        attributes: {
          sparse_value: "SPARSE_TENSOR",
          value: "TENSOR",
          value_float: "FLOAT",
          value_floats: "FLOATS",
          value_int: "INT",
          value_ints: "INTS",
          value_string: "STRING",
          value_strings: "STRINGS",
        },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "ConstantOfShape",
    [
      {
        since: 9,
        inputs: ["input: T1"],
        outputs: ["output: T2"],
        attributes: { value: "TENSOR" },
        types: { T1: "int64", T2: "float32 float64 float16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 20,
        inputs: ["input: T1"],
        outputs: ["output: T2"],
        attributes: { value: "TENSOR" },
        types: { T1: "int64", T2: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Conv",
    [
      {
        since: 11,
        inputs: ["X: T", "W: T", "B?: T"],
        outputs: ["Y: T"],
        attributes: {
          auto_pad: "STRING",
          dilations: "INTS",
          group: "INT",
          kernel_shape: "INTS",
          pads: "INTS",
          strides: "INTS",
        },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "ConvTranspose",
    [
      {
        since: 11,
        inputs: ["X: T", "W: T", "B?: T"],
        outputs: ["Y: T"],
        attributes: {
          auto_pad: "STRING",
          dilations: "INTS",
          group: "INT",
          kernel_shape: "INTS",
          output_padding: "INTS",
          output_shape: "INTS",
          pads: "INTS",
          strides: "INTS",
        },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Cos",
    [
      {
        since: 7,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Cosh",
    [
      {
        since: 9,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "CumSum",
    [
      {
        since: 11,
        inputs: ["x: T", "axis: T2"],
        outputs: ["y: T"],
        attributes: { exclusive: "INT", reverse: "INT" },
        types: { T: "float32 float64 int32 int64", T2: "int32 int64" },
      },
      {
        since: 14,
        inputs: ["x: T", "axis: T2"],
        outputs: ["y: T"],
        attributes: { exclusive: "INT", reverse: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64", T2: "int32 int64" },
      },
    ],
  ],
  [
    "DepthToSpace",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: { blocksize: "INT!", mode: "STRING" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Div",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 14,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Dropout",
    [
      {
        since: 13,
        inputs: ["data: T", "ratio?: T1", "training_mode?: T2"],
        outputs: ["output: T", "mask?: T2"],
        attributes: { seed: "INT" },
        types: { T: "float32 float64 float16 bfloat16", T1: "float32 float64 float16", T2: "bool" },
      },
    ],
  ],
  [
    "Einsum",
    [
      {
        since: 12,
        inputs: ["Inputs*: T"],
        outputs: ["Output: T"],
        attributes: { equation: "STRING!" },
        types: { T: "float32 float64 float16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Elu",
    [
      {
        since: 6,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { alpha: "FLOAT" },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Equal",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T1: "bool" },
      },
      {
        since: 19,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T1: "bool" },
      },
    ],
  ],
  [
    "Erf",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Exp",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Expand",
    [
      {
        since: 13,
        inputs: ["input: T", "shape: int64"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "EyeLike",
    [
      {
        since: 9,
        inputs: ["input: T1"],
        outputs: ["output: T2"],
        attributes: { dtype: "INT", k: "INT" },
        types: {
          T1: "float32 float64 float16 int8 uint8 int32 int64 bool",
          T2: "float32 float64 float16 int8 uint8 int32 int64 bool",
        },
      },
    ],
  ],
  [
    "Flatten",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Floor",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "GRU",
    [
      {
        since: 7,
        inputs: ["X: T", "W: T", "R: T", "B?: T", "sequence_lens?: T1", "initial_h?: T"],
        outputs: ["Y?: T", "Y_h?: T"],
        attributes: {
          activation_alpha: "FLOATS",
          activation_beta: "FLOATS",
          activations: "STRINGS",
          clip: "FLOAT",
          direction: "STRING",
          hidden_size: "INT",
          linear_before_reset: "INT",
        },
        types: { T: "float32 float64 float16", T1: "int32" },
      },
      {
        since: 14,
        inputs: ["X: T", "W: T", "R: T", "B?: T", "sequence_lens?: T1", "initial_h?: T"],
        outputs: ["Y?: T", "Y_h?: T"],
        attributes: {
          activation_alpha: "FLOATS",
          activation_beta: "FLOATS",
          activations: "STRINGS",
          clip: "FLOAT",
          direction: "STRING",
          hidden_size: "INT",
          layout: "INT",
          linear_before_reset: "INT",
        },
        types: { T: "float32 float64 float16", T1: "int32" },
      },
    ],
  ],
  [
    "Gather",
    [
      {
        since: 13,
        inputs: ["data: T", "indices: Tind"],
        outputs: ["output: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
    ],
  ],
  [
    "GatherElements",
    [
      {
        since: 13,
        inputs: ["data: T", "indices: Tind"],
        outputs: ["output: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
    ],
  ],
  [
    "GatherND",
    [
      {
        since: 13,
        inputs: ["data: T", "indices: int64"],
        outputs: ["output: T"],
        attributes: { batch_dims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Gelu",
    [
      {
        since: 20,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { approximate: "STRING" },
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Gemm",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T", "C?: T"],
        outputs: ["Y: T"],
        attributes: { alpha: "FLOAT", beta: "FLOAT", transA: "INT", transB: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "GlobalAveragePool",
    [{ since: 1, inputs: ["X: T"], outputs: ["Y: T"], attributes: {}, types: { T: "float32 float64 float16" } }],
  ],
  [
    "GlobalLpPool",
    [
      {
        since: 2,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { p: "INT" },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "GlobalMaxPool",
    [{ since: 1, inputs: ["X: T"], outputs: ["Y: T"], attributes: {}, types: { T: "float32 float64 float16" } }],
  ],
  [
    "Greater",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64", T1: "bool" },
      },
    ],
  ],
  [
    "GreaterOrEqual",
    [
      {
        since: 12,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 int8 uint8 int32 int64", T1: "bool" },
      },
      {
        since: 16,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64", T1: "bool" },
      },
    ],
  ],
  [
    "GroupNormalization",
    [
      {
        since: 18,
        inputs: ["X: T", "scale: T", "bias: T"],
        outputs: ["Y: T"],
        attributes: { epsilon: "FLOAT", num_groups: "INT!" },
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "HardSigmoid",
    [
      {
        since: 6,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { alpha: "FLOAT", beta: "FLOAT" },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "HardSwish",
    [{ since: 14, inputs: ["X: T"], outputs: ["Y: T"], attributes: {}, types: { T: "float32 float64 float16" } }],
  ],
  [
    "Hardmax",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Identity",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 14,
        inputs: ["input: V"],
        outputs: ["output: V"],
        attributes: {},
        types: { V: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 16,
        inputs: ["input: V"],
        outputs: ["output: V"],
        attributes: {},
        types: { V: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 19,
        inputs: ["input: V"],
        outputs: ["output: V"],
        attributes: {},
        types: { V: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "If",
    [
      {
        since: 13,
        inputs: ["cond: B"],
        outputs: ["outputs*: any"],
        attributes: { else_branch: "GRAPH!", then_branch: "GRAPH!" },
        types: { V: "float32 float64 float16 int8 uint8 int32 int64 bool", B: "bool" },
      },
      {
        since: 16,
        inputs: ["cond: B"],
        outputs: ["outputs*: any"],
        attributes: { else_branch: "GRAPH!", then_branch: "GRAPH!" },
        types: { V: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", B: "bool" },
      },
      {
        since: 19,
        inputs: ["cond: B"],
        outputs: ["outputs*: any"],
        attributes: { else_branch: "GRAPH!", then_branch: "GRAPH!" },
        types: { V: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", B: "bool" },
      },
    ],
  ],
  [
    "InstanceNormalization",
    [
      {
        since: 6,
        inputs: ["input: T", "scale: T", "B: T"],
        outputs: ["output: T"],
        attributes: { epsilon: "FLOAT" },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "IsInf",
    [
      {
        since: 10,
        inputs: ["X: T1"],
        outputs: ["Y: T2"],
        attributes: { detect_negative: "INT", detect_positive: "INT" },
        types: { T1: "float32 float64", T2: "bool" },
      },
      {
        since: 20,
        inputs: ["X: T1"],
        outputs: ["Y: T2"],
        attributes: { detect_negative: "INT", detect_positive: "INT" },
        types: { T1: "float32 float64 float16 bfloat16", T2: "bool" },
      },
    ],
  ],
  [
    "IsNaN",
    [
      {
        since: 13,
        inputs: ["X: T1"],
        outputs: ["Y: T2"],
        attributes: {},
        types: { T1: "float32 float64 float16 bfloat16", T2: "bool" },
      },
      {
        since: 20,
        inputs: ["X: T1"],
        outputs: ["Y: T2"],
        attributes: {},
        types: { T1: "float32 float64 float16 bfloat16", T2: "bool" },
      },
    ],
  ],
  [
    "LRN",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { alpha: "FLOAT", beta: "FLOAT", bias: "FLOAT", size: "INT!" },
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "LSTM",
    [
      {
        since: 7,
        inputs: ["X: T", "W: T", "R: T", "B?: T", "sequence_lens?: T1", "initial_h?: T", "initial_c?: T", "P?: T"],
        outputs: ["Y?: T", "Y_h?: T", "Y_c?: T"],
        attributes: {
          activation_alpha: "FLOATS",
          activation_beta: "FLOATS",
          activations: "STRINGS",
          clip: "FLOAT",
          direction: "STRING",
          hidden_size: "INT",
          input_forget: "INT",
        },
        types: { T: "float32 float64 float16", T1: "int32" },
      },
      {
        since: 14,
        inputs: ["X: T", "W: T", "R: T", "B?: T", "sequence_lens?: T1", "initial_h?: T", "initial_c?: T", "P?: T"],
        outputs: ["Y?: T", "Y_h?: T", "Y_c?: T"],
        attributes: {
          activation_alpha: "FLOATS",
          activation_beta: "FLOATS",
          activations: "STRINGS",
          clip: "FLOAT",
          direction: "STRING",
          hidden_size: "INT",
          input_forget: "INT",
          layout: "INT",
        },
        types: { T: "float32 float64 float16", T1: "int32" },
      },
    ],
  ],
  [
    "LayerNormalization",
    [
      {
        since: 17,
        inputs: ["X: T", "Scale: T", "B?: T"],
        outputs: ["Y: T", "Mean?: U", "InvStdDev?: U"],
        attributes: { axis: "INT", epsilon: "FLOAT", stash_type: "INT" },
        types: { T: "float32 float64 float16 bfloat16", U: "float32 bfloat16" },
      },
    ],
  ],
  [
    "LeakyRelu",
    [
      {
        since: 6,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { alpha: "FLOAT" },
        types: { T: "float32 float64 float16" },
      },
      {
        since: 16,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { alpha: "FLOAT" },
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Less",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64", T1: "bool" },
      },
    ],
  ],
  [
    "LessOrEqual",
    [
      {
        since: 12,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 int8 uint8 int32 int64", T1: "bool" },
      },
      {
        since: 16,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64", T1: "bool" },
      },
    ],
  ],
  [
    "Log",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "LogSoftmax",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "LpNormalization",
    [
      {
        since: 1,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: { axis: "INT", p: "INT" },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "LpPool",
    [
      {
        since: 11,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { auto_pad: "STRING", kernel_shape: "INTS!", p: "INT", pads: "INTS", strides: "INTS" },
        types: { T: "float32 float64 float16" },
      },
      {
        since: 18,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {
          auto_pad: "STRING",
          ceil_mode: "INT",
          dilations: "INTS",
          kernel_shape: "INTS!",
          p: "INT",
          pads: "INTS",
          strides: "INTS",
        },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "MatMul",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "Max",
    [
      {
        since: 13,
        inputs: ["data_0*: T"],
        outputs: ["max: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "MaxPool",
    [
      {
        since: 12,
        inputs: ["X: T"],
        outputs: ["Y: T", "Indices?: I"],
        attributes: {
          auto_pad: "STRING",
          ceil_mode: "INT",
          dilations: "INTS",
          kernel_shape: "INTS!",
          pads: "INTS",
          storage_order: "INT",
          strides: "INTS",
        },
        types: { T: "float32 float64 float16 int8 uint8", I: "int64" },
      },
    ],
  ],
  [
    "Mean",
    [
      {
        since: 13,
        inputs: ["data_0*: T"],
        outputs: ["mean: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "MeanVarianceNormalization",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { axes: "INTS" },
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Min",
    [
      {
        since: 13,
        inputs: ["data_0*: T"],
        outputs: ["min: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Mish",
    [{ since: 18, inputs: ["X: T"], outputs: ["Y: T"], attributes: {}, types: { T: "float32 float64 float16" } }],
  ],
  [
    "Mod",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: { fmod: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Mul",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 14,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Neg",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 int32 int64" },
      },
    ],
  ],
  [
    "NonZero",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: int64"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  ["Not", [{ since: 1, inputs: ["X: T"], outputs: ["Y: T"], attributes: {}, types: { T: "bool" } }]],
  [
    "OneHot",
    [
      {
        since: 11,
        inputs: ["indices: T1", "depth: T2", "values: T3"],
        outputs: ["output: T3"],
        attributes: { axis: "INT" },
        types: {
          T1: "float32 float64 float16 int8 uint8 int32 int64",
          T2: "float32 float64 float16 int8 uint8 int32 int64",
          T3: "float32 float64 float16 int8 uint8 int32 int64 bool",
        },
      },
    ],
  ],
  [
    "Or",
    [{ since: 7, inputs: ["A: T", "B: T"], outputs: ["C: T1"], attributes: {}, types: { T: "bool", T1: "bool" } }],
  ],
  [
    "PRelu",
    [
      {
        since: 9,
        inputs: ["X: T", "slope: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 int32 int64" },
      },
      {
        since: 16,
        inputs: ["X: T", "slope: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "Pad",
    [
      {
        since: 13,
        inputs: ["data: T", "pads: int64", "constant_value?: T"],
        outputs: ["output: T"],
        attributes: { mode: "STRING" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 18,
        inputs: ["data: T", "pads: int64", "constant_value?: T", "axes?: Tind"],
        outputs: ["output: T"],
        attributes: { mode: "STRING" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
      {
        since: 19,
        inputs: ["data: T", "pads: int64", "constant_value?: T", "axes?: Tind"],
        outputs: ["output: T"],
        attributes: { mode: "STRING" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
    ],
  ],
  [
    "Pow",
    [
      {
        since: 13,
        inputs: ["X: T", "Y: T1"],
        outputs: ["Z: T"],
        attributes: {},
        types: {
          T: "float32 float64 float16 bfloat16 int32 int64",
          T1: "float32 float64 float16 int8 uint8 int32 int64",
        },
      },
      {
        since: 15,
        inputs: ["X: T", "Y: T1"],
        outputs: ["Z: T"],
        attributes: {},
        types: {
          T: "float32 float64 float16 bfloat16 int32 int64",
          T1: "float32 float64 float16 bfloat16 int8 uint8 int32 int64",
        },
      },
    ],
  ],
  [
    "RNN",
    [
      {
        since: 7,
        inputs: ["X: T", "W: T", "R: T", "B?: T", "sequence_lens?: T1", "initial_h?: T"],
        outputs: ["Y?: T", "Y_h?: T"],
        attributes: {
          activation_alpha: "FLOATS",
          activation_beta: "FLOATS",
          activations: "STRINGS",
          clip: "FLOAT",
          direction: "STRING",
          hidden_size: "INT",
        },
        types: { T: "float32 float64 float16", T1: "int32" },
      },
      {
        since: 14,
        inputs: ["X: T", "W: T", "R: T", "B?: T", "sequence_lens?: T1", "initial_h?: T"],
        outputs: ["Y?: T", "Y_h?: T"],
        attributes: {
          activation_alpha: "FLOATS",
          activation_beta: "FLOATS",
          activations: "STRINGS",
          clip: "FLOAT",
          direction: "STRING",
          hidden_size: "INT",
          layout: "INT",
        },
        types: { T: "float32 float64 float16", T1: "int32" },
      },
    ],
  ],
  [
    "Range",
    [
      {
        since: 11,
        inputs: ["start: T", "limit: T", "delta: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 int32 int64" },
      },
    ],
  ],
  [
    "Reciprocal",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "ReduceL1",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "ReduceL2",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "ReduceLogSum",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "ReduceLogSumExp",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "ReduceMax",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
      {
        since: 20,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "ReduceMean",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "ReduceMin",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
      {
        since: 20,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "ReduceProd",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "ReduceSum",
    [
      {
        since: 13,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "ReduceSumSquare",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["reduced: T"],
        attributes: { axes: "INTS", keepdims: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["reduced: T"],
        attributes: { keepdims: "INT", noop_with_empty_axes: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
    ],
  ],
  [
    "Relu",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
      {
        since: 14,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 int32 int64" },
      },
    ],
  ],
  [
    "Reshape",
    [
      {
        since: 13,
        inputs: ["data: T", "shape: int64"],
        outputs: ["reshaped: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 14,
        inputs: ["data: T", "shape: int64"],
        outputs: ["reshaped: T"],
        attributes: { allowzero: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 19,
        inputs: ["data: T", "shape: int64"],
        outputs: ["reshaped: T"],
        attributes: { allowzero: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Resize",
    [
      {
        since: 13,
        inputs: ["X: T1", "roi?: T2", "scales?: float32", "sizes?: int64"],
        outputs: ["Y: T1"],
        attributes: {
          coordinate_transformation_mode: "STRING",
          cubic_coeff_a: "FLOAT",
          exclude_outside: "INT",
          extrapolation_value: "FLOAT",
          mode: "STRING",
          nearest_mode: "STRING",
        },
        types: { T1: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T2: "float32 float64 float16" },
      },
      {
        since: 18,
        inputs: ["X: T1", "roi?: T2", "scales?: float32", "sizes?: int64"],
        outputs: ["Y: T1"],
        attributes: {
          antialias: "INT",
          axes: "INTS",
          coordinate_transformation_mode: "STRING",
          cubic_coeff_a: "FLOAT",
          exclude_outside: "INT",
          extrapolation_value: "FLOAT",
          keep_aspect_ratio_policy: "STRING",
          mode: "STRING",
          nearest_mode: "STRING",
        },
        types: { T1: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T2: "float32 float64 float16" },
      },
      {
        since: 19,
        inputs: ["X: T1", "roi?: T2", "scales?: float32", "sizes?: int64"],
        outputs: ["Y: T1"],
        attributes: {
          antialias: "INT",
          axes: "INTS",
          coordinate_transformation_mode: "STRING",
          cubic_coeff_a: "FLOAT",
          exclude_outside: "INT",
          extrapolation_value: "FLOAT",
          keep_aspect_ratio_policy: "STRING",
          mode: "STRING",
          nearest_mode: "STRING",
        },
        types: { T1: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T2: "float32 float64 float16" },
      },
    ],
  ],
  [
    "ReverseSequence",
    [
      {
        since: 10,
        inputs: ["input: T", "sequence_lens: int64"],
        outputs: ["Y: T"],
        attributes: { batch_axis: "INT", time_axis: "INT" },
        types: { T: "float32 float64 float16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Round",
    [{ since: 11, inputs: ["X: T"], outputs: ["Y: T"], attributes: {}, types: { T: "float32 float64 float16" } }],
  ],
  [
    "ScatterElements",
    [
      {
        since: 13,
        inputs: ["data: T", "indices: Tind", "updates: T"],
        outputs: ["output: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
      {
        since: 16,
        inputs: ["data: T", "indices: Tind", "updates: T"],
        outputs: ["output: T"],
        attributes: { axis: "INT", reduction: "STRING" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
      {
        since: 18,
        inputs: ["data: T", "indices: Tind", "updates: T"],
        outputs: ["output: T"],
        attributes: { axis: "INT", reduction: "STRING" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
    ],
  ],
  [
    "ScatterND",
    [
      {
        since: 13,
        inputs: ["data: T", "indices: int64", "updates: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 16,
        inputs: ["data: T", "indices: int64", "updates: T"],
        outputs: ["output: T"],
        attributes: { reduction: "STRING" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 18,
        inputs: ["data: T", "indices: int64", "updates: T"],
        outputs: ["output: T"],
        attributes: { reduction: "STRING" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Selu",
    [
      {
        since: 6,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { alpha: "FLOAT", gamma: "FLOAT" },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Shape",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["shape: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T1: "int64" },
      },
      {
        since: 15,
        inputs: ["data: T"],
        outputs: ["shape: T1"],
        attributes: { end: "INT", start: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T1: "int64" },
      },
      {
        since: 19,
        inputs: ["data: T"],
        outputs: ["shape: T1"],
        attributes: { end: "INT", start: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T1: "int64" },
      },
    ],
  ],
  [
    "Shrink",
    [
      {
        since: 9,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: { bias: "FLOAT", lambd: "FLOAT" },
        types: { T: "float32 float64 float16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Sigmoid",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Sign",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Sin",
    [
      {
        since: 7,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Sinh",
    [
      {
        since: 9,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Size",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["size: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T1: "int64" },
      },
      {
        since: 19,
        inputs: ["data: T"],
        outputs: ["size: T1"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T1: "int64" },
      },
    ],
  ],
  [
    "Slice",
    [
      {
        since: 13,
        inputs: ["data: T", "starts: Tind", "ends: Tind", "axes?: Tind", "steps?: Tind"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", Tind: "int32 int64" },
      },
    ],
  ],
  [
    "Softmax",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Softplus",
    [{ since: 1, inputs: ["X: T"], outputs: ["Y: T"], attributes: {}, types: { T: "float32 float64 float16" } }],
  ],
  [
    "Softsign",
    [
      {
        since: 1,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "SpaceToDepth",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: { blocksize: "INT!" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Split",
    [
      {
        since: 13,
        inputs: ["input: T", "split?: int64"],
        outputs: ["outputs*: T"],
        attributes: { axis: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 18,
        inputs: ["input: T", "split?: int64"],
        outputs: ["outputs*: T"],
        attributes: { axis: "INT", num_outputs: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Sqrt",
    [
      {
        since: 13,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Squeeze",
    [
      {
        since: 13,
        inputs: ["data: T", "axes?: int64"],
        outputs: ["squeezed: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Sub",
    [
      {
        since: 13,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int32 int64" },
      },
      {
        since: 14,
        inputs: ["A: T", "B: T"],
        outputs: ["C: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64" },
      },
    ],
  ],
  [
    "Sum",
    [
      {
        since: 13,
        inputs: ["data_0*: T"],
        outputs: ["sum: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "Tan",
    [
      {
        since: 7,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Tanh",
    [
      {
        since: 13,
        inputs: ["input: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16" },
      },
    ],
  ],
  [
    "ThresholdedRelu",
    [
      {
        since: 10,
        inputs: ["X: T"],
        outputs: ["Y: T"],
        attributes: { alpha: "FLOAT" },
        types: { T: "float32 float64 float16" },
      },
    ],
  ],
  [
    "Tile",
    [
      {
        since: 13,
        inputs: ["input: T", "repeats: T1"],
        outputs: ["output: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool", T1: "int64" },
      },
    ],
  ],
  [
    "TopK",
    [
      {
        since: 11,
        inputs: ["X: T", "K: int64"],
        outputs: ["Values: T", "Indices: I"],
        attributes: { axis: "INT", largest: "INT", sorted: "INT" },
        types: { T: "float32 float64 float16 int8 uint8 int32 int64", I: "int64" },
      },
    ],
  ],
  [
    "Transpose",
    [
      {
        since: 13,
        inputs: ["data: T"],
        outputs: ["transposed: T"],
        attributes: { perm: "INTS" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Trilu",
    [
      {
        since: 14,
        inputs: ["input: T", "k?: int64"],
        outputs: ["output: T"],
        attributes: { upper: "INT" },
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Unsqueeze",
    [
      {
        since: 13,
        inputs: ["data: T", "axes: int64"],
        outputs: ["expanded: T"],
        attributes: {},
        types: { T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Where",
    [
      {
        since: 9,
        inputs: ["condition: B", "X: T", "Y: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { B: "bool", T: "float32 float64 float16 int8 uint8 int32 int64 bool" },
      },
      {
        since: 16,
        inputs: ["condition: B", "X: T", "Y: T"],
        outputs: ["output: T"],
        attributes: {},
        types: { B: "bool", T: "float32 float64 float16 bfloat16 int8 uint8 int32 int64 bool" },
      },
    ],
  ],
  [
    "Xor",
    [{ since: 7, inputs: ["A: T", "B: T"], outputs: ["C: T1"], attributes: {}, types: { T: "bool", T1: "bool" } }],
  ],
]);
