/** Flags that many commands have, as `Command.option` takes them. */

export const deviceFlag = ["--device <name>", "cpu; webgpu and cuda are experimental", "cpu"] as const;
export const jsonFlag = ["--json", "print the result as one JSON document"] as const;
export const outputFlag = [
  "--output <name>",
  "output of an .onnx file to train, where it has several (default: the first)",
] as const;
