/** The encodings `gzip` and `zstd`. */
import {
  constants,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
  type ZlibOptions,
  type ZstdOptions,
} from "node:zlib";
import type { Compression, ResolvedCompression } from "./options.ts";
import { cannotDecode } from "./undecodable.ts";

/** What decoders of zstd are to take at least (RFC 8878, 3.1.1.1.2): a frame may ask for 128 MiB. */
const MAX_WINDOW_LOG = 23;

/** The bytes compressed; undefined where they don't get smaller, or are fewer than is worth it. */
export function compressed(
  bytes: Uint8Array,
  { algorithm, level, minBytes }: ResolvedCompression,
): Uint8Array | undefined {
  if (bytes.length < minBytes) return undefined;
  const small = COMPRESS[algorithm](bytes, level);
  return small.length < bytes.length ? small : undefined;
}

/** Throws MESSAGE_MALFORMED for bytes that are something else, and for those that come to more than `maxBytes`. */
export function decompressed(
  algorithm: Compression,
  bytes: Uint8Array,
  maxBytes: number,
): Uint8Array {
  try {
    return DECOMPRESS[algorithm](bytes, maxBytes);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw cannotDecode(`more than ${maxBytes} bytes when its ${algorithm} is decompressed`);
    throw cannotDecode(`not the ${algorithm} that it says it is`, {}, cause);
  }
}

const COMPRESS: Readonly<Record<Compression, (bytes: Uint8Array, level: number) => Uint8Array>> = {
  gzip: (bytes, level) => gzipSync(bytes, { level }),
  zstd: (bytes, level) =>
    zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
};

const DECOMPRESS: Readonly<Record<Compression, (bytes: Uint8Array, max: number) => Uint8Array>> = {
  gzip: (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength } satisfies ZlibOptions),
  zstd: (bytes, maxOutputLength) =>
    zstdDecompressSync(bytes, {
      maxOutputLength,
      params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG },
    } satisfies ZstdOptions),
};
