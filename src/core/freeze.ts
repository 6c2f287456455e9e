/**
 * Freezes a message with all that it holds, save bytes; many readers may then share it. One that is frozen already is
 * left as it is.
 */
export function freeze<T extends object>(message: T): T {
  if (Object.isFrozen(message)) return message;
  for (const value of Object.values(message))
    if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) freeze(value);
  return Object.freeze(message);
}
