/**
 * The words of a name in camel case, in small letters: "minimumDelta" as "minimum-delta", or with a space between them.
 */
export function kebab(name: string, between = "-"): string {
  return name.replace(/[A-Z]/g, (letter) => between + letter.toLowerCase());
}
