/** Whole numbers of six bytes: milliseconds until the year 10889, revisions for as long. */
const HIGH = 2 ** 32;

/** Reads one, little-endian. */
export function getU48(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint16(offset + 4, true) * HIGH;
}

/** Writes one, little-endian. */
export function setU48(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value % HIGH, true);
  view.setUint16(offset + 4, value / HIGH, true);
}
