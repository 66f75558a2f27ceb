/** Rules by which the learning rate may follow the batch, with their exponents. */
export const exponentRules = [
  { rule: "sqrt", exponent: 0.5 },
  { rule: "linear", exponent: 1 },
  { rule: "none", exponent: 0 },
] as const;
export type ExponentRule = (typeof exponentRules)[number]["rule"];

/** Those whose exponent an interval holds, and the others. */
export function rulesBy({ lower, upper }: { readonly lower: number; readonly upper: number }) {
  const holds = ({ exponent }: (typeof exponentRules)[number]) => lower <= exponent && exponent <= upper;
  return {
    fitting: exponentRules.filter(holds).map(({ rule }) => rule),
    others: exponentRules.filter((one) => !holds(one)).map(({ rule }) => rule),
  };
}
