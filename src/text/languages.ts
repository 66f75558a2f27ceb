/** Every language by its tag: a folder, and a row in `text.ts`. */
export const languages = ["en", "zh"] as const;

export type Language = (typeof languages)[number];
