/** A command's parameters as a report shows them: without what is 0, false or empty. */
export function brief(value: unknown): string {
  const isBare = typeof value !== "object" || value === null || Array.isArray(value);
  return isBare ? textOf(value) : entriesOf(value);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{${entriesOf(value)}}`;
  return value === undefined ? "-" : JSON.stringify(value);
}

function entriesOf(value: object): string {
  return Object.entries(value)
    .filter(([, item]) => !isNothing(item))
    .map(([key, item]) => `${key}: ${textOf(item)}`)
    .join(", ");
}

function isNothing(item: unknown): boolean {
  return !item || (Array.isArray(item) && item.length === 0);
}
