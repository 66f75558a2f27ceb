/** What a loop of another program did not write, so that it cannot be said; each has the line that adds it. */
export const foreignGaps = ["noise", "loss", "learningRate", "optimizer", "evaluation", "cosines", "groups"] as const;

export type ForeignGap = (typeof foreignGaps)[number];

/** The line of Python that writes it. */
export const foreignRemedies: Readonly<Record<ForeignGap, string>> = {
  noise: "watch(…, per_example=True)",
  loss: "watch.micro_batch(len(x), loss)",
  learningRate: "watch(model, optimizer, …)",
  optimizer: "watch(model, optimizer, …)",
  evaluation: "watch.evaluation(loss, accuracy)",
  cosines: "watch(…, gram_every=50)",
  groups: 'watch(…, groups="layer")',
};
