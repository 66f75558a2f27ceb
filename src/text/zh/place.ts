import type { Subject } from "../../store/place.ts";

/** “第 5 轮”；在一轮之内则为“第 60 步”；梯度文件则为其名。 */
export function at({ epoch, step, file }: Subject): string {
  if (file !== undefined) return file;
  return step === undefined ? `第 ${epoch} 轮` : `第 ${step} 步`;
}

interface Span {
  readonly firstEpoch: number;
  readonly lastEpoch: number;
  readonly firstStep?: number | undefined;
  readonly lastStep?: number | undefined;
}

/** “第 2 轮到第 9 轮”；一端在一轮之内则为“第 60 步到第 300 步”。 */
export function from({ firstEpoch, lastEpoch, firstStep, lastStep }: Span): string {
  return firstStep === undefined ? `第 ${firstEpoch} 轮到第 ${lastEpoch} 轮` : `第 ${firstStep} 步到第 ${lastStep} 步`;
}
