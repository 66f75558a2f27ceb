/** What options of data take by name, apart from the code that follows it: a command line needs no more. */

/**
 * The tasks of Split MNIST (Zenke, Poole & Ganguli 2017, arXiv:1703.04200, §4.1): two digits each. As there, only the
 * task's own two digits enter the loss, so a subset has two classes and not ten.
 */
export const mnistSubsets = ["0-1", "2-3", "4-5", "6-7", "8-9"] as const;

/**
 * The two directions in which a detector can be tried on an anomaly that it has not seen, on motes that it has not
 * seen: trained with the anomaly of mote 1, judged by that of mote 4, or the other way round. Each side has one mote
 * indoors and one outdoors.
 */
export const sensorSubsets = ["1-to-4", "4-to-1"] as const;

/**
 * What becomes −1 and 1 before angles are formed. `window`: the window's own smallest and largest value, so that a
 * field shows the shape of a change and not its size. `training`: the smallest and largest value of the quantity in the
 * training series, so that it shows both, and the level. `centred`: the window's mean less and plus three times the
 * distance from it that 98 % of the training readings keep in their windows, so that it shows the shape and the size of
 * a change, and no level.
 */
export const fieldRanges = ["window", "training", "centred"] as const;
export type FieldRange = (typeof fieldRanges)[number];

/**
 * Which class a window has. `any`: the class above 0 that most of its readings have, 0 only where all are 0, so that a
 * window that touches an anomaly is one. `last`: that of its last reading, for alarms that may only look back.
 * `majority`: that of most of its readings. Of classes that are as frequent the smallest is taken.
 */
export const labelRules = ["any", "last", "majority"] as const;
export type LabelRule = (typeof labelRules)[number];

/** Numbers that describe a window: what each set holds stands in series/statisticalFeatures.ts. */
export const statisticSetNames = ["basic", "comprehensive", "variation"] as const;
export type StatisticSet = (typeof statisticSetNames)[number];

/**
 * `blocks`: the documents one after the other, with an end-of-text token after each, cut into sequences without
 * padding. `documents` and `lines`: each document, or line that is not empty, for itself, with an end-of-text token
 * behind it; what is longer than a sequence goes on in the next example, and what is shorter is padded.
 */
export const textExamples = ["blocks", "documents", "lines"] as const;
export type TextExamples = (typeof textExamples)[number];

/**
 * `gpt2`: byte-pair encoding with GPT-2's 50,257 tokens (Radford et al. 2019, §2.2); words of more than 512 letters are
 * cut. `bytes`: the bytes of the text in UTF-8, 257 ids, for small models whose output layer would be nearly all of
 * them otherwise.
 */
export const tokenizerNames = ["gpt2", "bytes"] as const;
export type TokenizerName = (typeof tokenizerNames)[number];
