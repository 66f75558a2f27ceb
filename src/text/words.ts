/** The words of every kind of a finding, in one language: a kind without words is a type error. */
export type Words<Finding extends { readonly kind: string }> = {
  readonly [Kind in Finding["kind"]]: (found: Extract<Finding, { readonly kind: Kind }>) => string;
};

/** The findings of one kind. */
export type Found<Finding extends { readonly kind: string }, Kind extends Finding["kind"]> = Extract<
  Finding,
  { readonly kind: Kind }
>;

/** What one finding says. */
export function said<Finding extends { readonly kind: string }>(found: Finding, words: Words<Finding>): string {
  return words[found.kind as Finding["kind"]](found as Extract<Finding, { readonly kind: Finding["kind"] }>);
}
