let segmenter: Intl.Segmenter | undefined;

/** Made on its first use, since few texts need it and it reads the system's tables. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Latin letters, punctuation and the minus sign: a column for each UTF-16 unit. */
const latin = /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u2212]*$/;

/** Code points that East Asian terminals draw two columns wide (Unicode UAX #11, W and F), as ranges. */
const wide = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
] as const;

/** Columns of one grapheme on a terminal: 0 for control and combining characters, 2 for wide ones and emoji, else 1. */
function columnsOf(grapheme: string): number {
  if (/^[\p{Cc}\p{Mn}\p{Me}\p{Cf}]/u.test(grapheme)) return 0;
  if (/^\p{Emoji_Presentation}|\uFE0F/u.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0)!;
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Columns that `text`, without escape sequences, takes on a terminal. */
export function displayWidth(text: string): number {
  if (latin.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += columnsOf(segment);
  return width;
}

/** The longest beginning of `text` that takes at most `columns` columns; never half a character. */
export function truncate(text: string, columns: number): string {
  let width = 0;
  for (const { segment, index } of graphemesOf(text)) {
    width += columnsOf(segment);
    if (width > columns) return text.slice(0, index);
  }
  return text;
}
