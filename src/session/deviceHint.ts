/** What other tools call a graphics processor is nearer to "cpu" in letters alone; nothing of any other name. */
export function deviceHint(name: string): string {
  if (/^(gpu|nvidia|cuda:?\d*|\d+)$/i.test(name))
    return '; a graphics processor of NVIDIA is "cuda", any other "webgpu"';
  return /^(mps|metal|rocm|hip|vulkan|xpu|dml)$/i.test(name) ? ' (Did you mean "webgpu"?)' : "";
}
