const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** 1,234,567 bytes as "1.18 MiB": in powers of 1024, as every size that a person reads. */
export function sizeText(bytes: number): string {
  // From 999.5 on three digits are "1.00" of the next.
  const power = units.findIndex((_, i) => bytes < 999.5 * 1024 ** i || i === units.length - 1);
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toPrecision(3)} ${units[power]}`;
}
