/** The plugin that compresses and encrypts payloads. */
import type { Plugin } from "../plugin.ts";
import { decodePayload } from "./decode.ts";
import { encodePayload } from "./encode.ts";
import { checkEffect, resolveCodec, type PayloadCodecOptions } from "./options.ts";

/**
 * Compresses and encrypts what an app sends to its server or its storage, and undoes it for what comes: inputs, results,
 * outputs, checkpoints and details of failures. Used by `app.use`, in each program that enqueues, runs or reads the
 * tasks. CONFIG_INVALID naming the option, and without any.
 */
export function payloadCodec(options: PayloadCodecOptions = {}): Plugin {
  const codec = resolveCodec(options);
  checkEffect(options);
  return {
    name: "payload-codec",
    install: ({ hook }) => {
      hook("app.encode", ({ payload }) => ({ payload: encodePayload(payload, codec) }));
      hook("app.decode", ({ payload }) => ({ payload: decodePayload(payload, codec) }));
    },
  };
}
