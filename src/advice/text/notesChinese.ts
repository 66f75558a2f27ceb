/** Notes that an analysis keeps in English, as `statistics/embedding.ts` and `statistics/pictures.ts` write them. */
const notes: readonly (readonly [RegExp, string])[] = [
  [/The picture shows a stratified draw of (\d+) of (\d+) rows\. ?/, "图中是从 $2 行中分层抽取的 $1 行。"],
  [
    /Perplexity lowered from ([\d.]+) to ([\d.]+), a third of the other (\d+) rows\. ?/,
    "困惑度由 $1 降至 $2，即其余 $3 行的三分之一。",
  ],
  [
    /(\d+) rows are too few for t-SNE; their positions are those of classical scaling \(PCA\)\. ?/,
    "$1 行太少，不能作 t-SNE；位置来自经典标度法（PCA）。",
  ],
  [
    /(\d+) of (\d+) rows have zero norm and no direction; they [^.]*\. ?/,
    "$2 行中有 $1 行范数为零，没有方向；它们与其他各行成直角。",
  ],
];

/** What an analysis notes of a picture, in Chinese; a note that is not known here stays as it is. */
export function noteInChinese(note: string): string {
  return notes.reduce((text, [english, chinese]) => text.replace(english, chinese), note);
}

/** What groups are formed by: the class, or a column that keeps its name. */
export function groupingInChinese(by: string): string {
  return by === "class" ? "类别" : ` ${by} `;
}
