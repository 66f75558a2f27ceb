/** What groups are formed by: the class, or a column that keeps its name. */
export function groupingInChinese(by: string): string {
  return by === "class" ? "类别" : ` ${by} `;
}
