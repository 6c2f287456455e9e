/** What the program is told by its environment. */

/** `HOST:PORT` of the server's gRPC listener. */
export function address(): string {
  return required("QTASKS_ADDRESS", "the server's HOST:PORT");
}

/** `http://HOST:PORT` of its HTTP listener, for browsers. */
export function httpUrl(): string {
  return required("QTASKS_HTTP", "the server's http://HOST:PORT");
}

/** How long `wait` waits, in ms. */
export function delayMs(): number {
  return wholeNumber("CONFORMANCE_DELAY_MS", required("CONFORMANCE_DELAY_MS", "milliseconds"));
}

/** How many attempts a worker runs at once. */
export function slots(otherwise: number): number {
  const text = process.env["CONFORMANCE_SLOTS"];
  return text === undefined ? otherwise : wholeNumber("CONFORMANCE_SLOTS", text);
}

/** A count from 1. */
export function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`${name}: expected a whole number from 1, not "${text}"`);
}

function required(name: string, what: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name}: expected ${what}`);
  return value;
}
