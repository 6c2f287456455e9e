/** Figures for people. */

/** Three or four digits that matter: `51,200`, `12.3`, `0.86`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString("en-US");
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Whole MiB. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / (1 << 20))} MiB`;
}

/** `load 3.1, server 12.0, redis 5.5`: microseconds of CPU for each task. */
export function cpuOf(
  parts: readonly { readonly role: string; readonly cpuMicrosPerTask: number }[],
): string {
  return parts
    .map(({ role, cpuMicrosPerTask }) => `${role} ${figure(cpuMicrosPerTask)}`)
    .join(", ");
}
