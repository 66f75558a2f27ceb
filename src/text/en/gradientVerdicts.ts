import type { GradientVerdict } from "../../store/gradientVerdicts.ts";
import { intervalText, percent, significant, whole } from "../format.ts";
import type { Found, Words } from "../words.ts";

const scaleOf = ({ noiseScale }: Pick<Found<GradientVerdict, "gradientsAbout">, "noiseScale">) =>
  noiseScale.resolved
    ? `the noise scale ${intervalText(noiseScale)} examples`
    : `a noise scale of at least ${significant(noiseScale.lower)} examples`;

/** The answers on gradients that another program saved, in English. */
export const gradientVerdictsEnglish: Words<GradientVerdict> = {
  gradientsBelow: (found) =>
    `${whole(found.batchSize)} is below ${scaleOf(found)}: larger batches pay. An update on twice as many makes ` +
    `${found.noiseScale.resolved ? "about" : "at least"} ${significant(found.gainOfDoubling)} times the progress`,
  gradientsAbout: (found) =>
    `${whole(found.batchSize)} is about ${scaleOf(found)}: it trades examples for updates well; keep it`,
  gradientsAbove: (found) => `${whole(found.batchSize)} is above ${scaleOf(found)}: larger batches hardly pay`,
  gradientsOpen: ({ batchSize }) =>
    `the noise scale is not bounded from above, so that it is open whether more than ${whole(batchSize)} pays; ` +
    "save the gradients of more batches",
  gradientsLost: ({ rows }) =>
    `the mean gradient is lost in the noise of ${whole(rows)} batches, so that no batch size can be told; ` +
    "save the gradients of more batches",
  gradientsOpposed: ({ found, batches }) =>
    `${whole(found)} of ${whole(batches)} batches pull against the rest, beyond chance; ` +
    "to see which examples do, save gradients of batches of one class or source each",
  gradientPairsOpposed: ({ share, limit }) =>
    `${percent(share)} of the pairs of batches oppose each other, where chance gives ${percent(limit)} at most; ` +
    "to see which examples do, save gradients of batches of one class or source each",
  gradientsAgree: ({ batches }) => `no conflict between ${whole(batches)} batches`,
};
