/** The encoding `utf-8`: a payload's text as bytes, for the encodings after it. */
import { cannotDecode } from "./undecodable.ts";

export const UTF8 = "utf-8";

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of the bytes. Throws MESSAGE_MALFORMED for what is no UTF-8. */
export function textOf(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes);
  } catch (cause) {
    throw cannotDecode(`not the ${UTF8} that it says it is`, {}, cause);
  }
}
