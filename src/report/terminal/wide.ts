/** Han characters, kana and full-width forms: twice as wide as a Latin letter on a terminal, one em in a picture. */
const WIDE = /[\u2E80-\u9FFF\uF900-\uFAFF\uFF00-\uFF60]/gu;

/** How many wide characters a text has, and the text without them. */
export function splitWide(text: string): { readonly wide: number; readonly narrow: string } {
  const narrow = text.replace(WIDE, "");
  return { wide: text.length - narrow.length, narrow };
}
