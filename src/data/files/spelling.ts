/**
 * Numbers as people and spreadsheets write them: with a decimal comma, between thousands, with a unit or a sign of a
 * currency. A column is read so where all of its cells agree and no other reading gives other numbers.
 */

/** How the numbers of a column are written. */
export interface Spelling {
  readonly decimal: "." | ",";
  /** What stands between thousands; null where nothing does. */
  readonly group: string | null;
  /** What stands before or behind each number; empty where nothing does. */
  readonly unit: string;
}

/** What stands between thousands, with the mark before decimals. */
const readings = [
  { group: null, decimal: "." },
  { group: null, decimal: "," },
  { group: ",", decimal: "." },
  { group: ".", decimal: "," },
  { group: " ", decimal: "." },
  { group: " ", decimal: "," },
  { group: "'", decimal: "." },
  { group: "'", decimal: "," },
  { group: "_", decimal: "." },
] as const;

const patterns = readings.map(({ group, decimal }) => {
  const [g, d] = [group ?? "", decimal].map((mark) => mark.replace(/[.']/, "\\$&"));
  // Thousands, or as in India hundreds above the first thousand; a number with a group does not begin with 0.
  const grouped = g === "" ? "" : `[1-9]\\d{0,2}(?:${g}\\d{3})+|[1-9]\\d?(?:${g}\\d{2})+${g}\\d{3}|`;
  // Nobody writes thousands before an exponent: the comma of 1,234E+00 is that of decimals.
  return new RegExp(`^(?:(?:${grouped}\\d+)(?:${d}\\d*)?|(?:\\d+(?:${d}\\d*)?|${d}\\d+)(?:[eE][-+]?\\d+)?)$`);
});

const comma = readings.reduce((bits, { decimal }, i) => (decimal === "," ? bits | (1 << i) : bits), 0);
const point = ((1 << readings.length) - 1) & ~comma;

/** Signs, a number without its spaces, and what stands around it. */
const parts =
  /^(?<before>\p{Sc}?)\s*(?<sign>[-+]?)\s*(?<after>\p{Sc}?)\s*(?<number>[\d.,][\d.,'_ ]*?(?:[eE][-+]?\d+)?)\s*(?<unit>[^\s\d.,'_+\-()][^\s\d]{0,7})?$/u;

/** A cell taken apart: its sign, its digits and marks, its unit, and a bit for each reading that fits. */
interface Parted {
  readonly negative: boolean;
  readonly digits: string;
  readonly unit: string;
  readonly fits: number;
}

/** Null for what is no number however it is read. */
function part(text: string): Parted | null {
  // Digits and marks of full width; the minus sign of typographers; the spaces and apostrophes of other countries.
  const plain = text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u2212\u2010-\u2013]/g, "-")
    .replace(/[’ʼ`´]/g, "'")
    .replace(/\s/g, " ");
  const found = parts.exec(plain)?.groups;
  if (found === undefined) return null;
  const fits = patterns.reduce((bits, pattern, i) => (pattern.test(found.number!) ? bits | (1 << i) : bits), 0);
  if (fits === 0) return null;
  const negative = found.sign === "-";
  return { negative, digits: found.number!, unit: `${found.before}${found.after}${found.unit ?? ""}`, fits };
}

/** Whether a text is a number in some spelling. */
export function looksLikeNumber(text: string): boolean {
  return part(text) !== null;
}

function numberOf({ negative, digits }: Parted, decimal: "." | ","): number {
  const value = Number(
    decimal === "," ? digits.replace(/[. '_]/g, "").replace(",", ".") : digits.replace(/[, '_]/g, ""),
  );
  return negative ? -value : value;
}

/** The number that a text is in a spelling; null where it is none in it. */
export function numberSpelt(text: string, { decimal, unit }: Spelling): number | null {
  const parted = part(text);
  if (parted === null || parted.unit !== unit || (parted.fits & (decimal === "," ? comma : point)) === 0) return null;
  return numberOf(parted, decimal);
}

/** What the cells of a column say of how its numbers are written. */
export interface SpellingReport {
  /** Where one spelling fits, and where two do that give the same numbers. */
  readonly spelling: Spelling | null;
  /** The first text of two readings, where both fit all cells. */
  readonly ambiguous: {
    readonly text: string;
    readonly place: string;
    readonly values: readonly [number, number];
  } | null;
  /** Two texts that no one spelling fits, though each is a number in some. */
  readonly mixed: readonly [string, string] | null;
  /** Whether some number shows that its mark is that of decimals. */
  readonly decimals: "." | "," | null;
}

/** Takes the cells of a column one after the other. */
export function spellingReader() {
  let [fits, unit, first]: [number, string | null, string] = [comma | point, null, ""];
  let [differing, mixed]: [SpellingReport["ambiguous"], SpellingReport["mixed"]] = [null, null];
  let [none, shown] = [false, false];
  return {
    add(text: string, place: () => string): void {
      if (none || mixed !== null) return;
      const parted = part(text);
      if (parted === null) {
        none = true;
        return;
      }
      const before = first;
      first ||= text;
      if (unit !== null && unit !== parted.unit) mixed = [before, text];
      unit ??= parted.unit;
      if ((fits & parted.fits) === 0) mixed ??= [before, text];
      fits &= parted.fits;
      const marked = /[.,]/.test(parted.digits);
      shown ||= marked;
      // Only a mark may be read in two ways.
      if (differing !== null || !marked || (parted.fits & comma) === 0 || (parted.fits & point) === 0) return;
      const values = [numberOf(parted, "."), numberOf(parted, ",")] as const;
      if (values[0] !== values[1]) differing = { text, place: place(), values };
    },
    report(): SpellingReport {
      const nothing = { spelling: null, ambiguous: null, mixed: null, decimals: null };
      if (none || unit === null) return nothing;
      if (mixed !== null) return { ...nothing, mixed };
      const both = (fits & comma) !== 0 && (fits & point) !== 0;
      if (both && differing !== null) return { ...nothing, ambiguous: differing };
      const decimal = (fits & point) !== 0 ? "." : ",";
      const spelling = spellingOf(fits, decimal, unit);
      return { ...nothing, spelling, decimals: shown ? decimal : null };
    },
    /** The spelling with these decimals, where both fit. */
    with: (decimal: "." | ","): Spelling => spellingOf(fits, decimal, unit ?? ""),
  };
}

function spellingOf(fits: number, decimal: "." | ",", unit: string): Spelling {
  const { group } = readings.find((one, i) => one.decimal === decimal && (fits & (1 << i)) !== 0)!;
  return { decimal, group, unit };
}
