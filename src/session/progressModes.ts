/** How a run may show its progress; what shows it chooses for itself where "auto" is asked for. */
export const progressModes = ["auto", "bar", "lines", "none"] as const;
export type ProgressMode = (typeof progressModes)[number];
