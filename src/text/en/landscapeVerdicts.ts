import type { Verdict } from "../../store/verdicts.ts";
import { percent, significant, whole } from "../format.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

type Said = Extract<Verdict, { readonly kind: "landscape" }>;

/** What `landscape` says first. */
export const landscapeVerdictsEnglish: Words<Said> = {
  landscape: ({ place, flatness, update, trace }) => {
    const parts = [...(place ? [placeText(place)] : []), ...(flatness ? [flatnessText(flatness)] : [])];
    const all = [...parts, ...(update ? [updateText(update)] : [])];
    if (all.length > 0) return all.join("; ");
    return trace === null ? "what was measured stands below" : `the trace of the Hessian is ${significant(trace)}`;
  },
};

function placeText({ kind, index, of, exact, gradientShare }: NonNullable<Said["place"]>): string {
  if (kind === "minimum") return "a minimum, curved upwards in every direction";
  if (kind === "maximum") return "a maximum, curved downwards in every direction";
  if (kind === "degenerate")
    return "a degenerate critical point, flat in some direction, of which curvature says nothing";
  if (kind === "saddle")
    return `a saddle, curved downwards in ${exact ? "" : "at least "}${whole(index)} of ${counted(of, "direction")}`;
  if (kind === "undecided") return "undecided whether this is a critical point, and of which kind";
  return gradientShare === null
    ? "no critical point: a step down the gradient still gains much"
    : `no critical point: the gradient is ${percent(gradientShare)} of its largest in this training`;
}

function flatnessText({ kind, rise, share }: NonNullable<Said["flatness"]>): string {
  if (kind === "unknown") return `changed weights (ASAM) raise the loss by ${significant(rise)}`;
  const word = { flat: "flat", between: "neither flat nor sharp", sharp: "sharp" }[kind];
  return `${word}, as changed weights (ASAM) cost ${percent(share!)} of what training gained`;
}

function updateText({ kind, learningRate, criticalRate, stable }: NonNullable<Said["update"]>): string {
  if (kind === "flat") return "stable: the loss falls along the next update as far as was tried";
  if (kind === "still") return "the next update moves no loss";
  if (kind === "ascent") return "unstable: the next update points uphill for these examples";
  const side = stable ? "below" : "above";
  return `${stable ? "stable" : "unstable"}: the next learning rate ${significant(learningRate)} is ${side} the critical ${significant(criticalRate!)}`;
}
