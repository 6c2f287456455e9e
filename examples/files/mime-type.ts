/** Media types by file name. */
import { lookup } from "mime-types";

/** What the registry of media types does not know, or means otherwise: there, .ts is a video. */
const OURS: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/\.[cm]?tsx?$/i, "text/typescript"],
  [/\.cjs$/i, "text/javascript"],
  [/(^|\/)(licen[cs]e|readme|changelog|authors|notice|makefile)$/i, "text/plain"],
];

/** The media type that the name stands for; application/octet-stream where it says nothing. */
export function mimeTypeOf(path: string): string {
  const ours = OURS.find(([pattern]) => pattern.test(path))?.[1];
  return ours ?? (lookup(path) || "application/octet-stream");
}
