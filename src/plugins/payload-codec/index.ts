/** What a program imports from `qtasks/plugins/payload-codec`. */
export { payloadCodec } from "./payload-codec.ts";
export type {
  Compression,
  CompressOptions,
  EncryptOptions,
  PayloadCodecOptions,
} from "./options.ts";
export { keyRing, type Key, type KeyRing } from "./key-ring.ts";
