/** Lines as `sha256sum` prints and checks them. */

/** A line for `sha256sum --check`. A name with a backslash or a line break is escaped as there. */
export function sumLine(sha256: string, path: string): string {
  if (!/[\\\n\r]/.test(path)) return `${sha256}  ${path}\n`;
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `\\${sha256}  ${escaped}\n`;
}
