/** The options of the payload codec, and what they come to. */
import { QTasksError } from "../../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";
import { DEFAULT_LIMITS } from "../../core/limits.ts";
import { checkRing, type KeyRing } from "./key-ring.ts";

export type Compression = "gzip" | "zstd";

export interface CompressOptions {
  /** @default "zstd" */
  readonly algorithm?: Compression | undefined;
  /** 1 to 9 of gzip, 1 to 22 of zstd; more is smaller and slower. @default 6 of gzip, 3 of zstd */
  readonly level?: number | undefined;
  /** Payloads below are left as they are, in bytes. @default 1024 */
  readonly minBytes?: number | undefined;
}

export interface EncryptOptions {
  /** What is new is encrypted with the ring's current key, what comes is decrypted with any of its keys. */
  readonly keys: KeyRing;
}

/** One or more of them. Both compressions are always read. */
export interface PayloadCodecOptions {
  /** Compresses what gets smaller by it. @default false */
  readonly compress?: Compression | CompressOptions | false | undefined;
  /** Encrypts by AES-256-GCM. @default none: encrypted payloads can't be read either */
  readonly encrypt?: EncryptOptions | undefined;
  /**
   * What comes in plain is refused: inputs end their tasks as REJECTED, readers of results get MESSAGE_MALFORMED. A
   * task without any payload is not among it. @default false
   */
  readonly requireEncryption?: boolean | undefined;
  /**
   * What a payload may come to when it is decompressed, in bytes; larger ones are not compressed.
   * @default 1048576, as the limit of servers
   */
  readonly maxDecodedBytes?: number | undefined;
}

export interface ResolvedCompression {
  readonly algorithm: Compression;
  readonly level: number;
  readonly minBytes: number;
}

/** Complete and checked. */
export interface ResolvedCodec {
  readonly compress: ResolvedCompression | undefined;
  readonly keys: KeyRing | undefined;
  readonly requireEncryption: boolean;
  readonly maxDecodedBytes: number;
}

const OPTIONS: NamesOf<PayloadCodecOptions> = {
  compress: true,
  encrypt: true,
  requireEncryption: true,
  maxDecodedBytes: true,
};
const COMPRESS_OPTIONS: NamesOf<CompressOptions> = {
  algorithm: true,
  level: true,
  minBytes: true,
};
const ENCRYPT_OPTIONS: NamesOf<EncryptOptions> = { keys: true };

const LEVELS = { gzip: { most: 9, byDefault: 6 }, zstd: { most: 22, byDefault: 3 } } as const;
const MIN_BYTES = 1_024;

/** CONFIG_INVALID naming the option, what is expected and what came. */
export function resolveCodec(options: PayloadCodecOptions): ResolvedCodec {
  checkConfigOptions("payloadCodec", options, OPTIONS);
  const { compress = false, encrypt, requireEncryption = false } = options;
  const { maxDecodedBytes = DEFAULT_LIMITS.maxPayloadBytes } = options;
  if (encrypt !== undefined) checkEncryption(encrypt);
  else if (requireEncryption)
    throw invalid("requireEncryption", "to come with encrypt, as nothing can be decrypted", true);
  return Object.freeze({
    compress: compress === false ? undefined : resolveCompression(compress),
    keys: encrypt?.keys,
    requireEncryption,
    maxDecodedBytes: whole("maxDecodedBytes", maxDecodedBytes, 1),
  });
}

function checkEncryption(encrypt: EncryptOptions): void {
  checkConfigOptions("payloadCodec: encrypt", encrypt, ENCRYPT_OPTIONS);
  checkRing(encrypt.keys);
}

function resolveCompression(given: Compression | CompressOptions): ResolvedCompression {
  const options = typeof given === "string" ? { algorithm: given } : given;
  checkConfigOptions("payloadCodec: compress", options, COMPRESS_OPTIONS);
  const { algorithm = "zstd", minBytes = MIN_BYTES } = options;
  if (!Object.hasOwn(LEVELS, algorithm))
    throw invalid("compress", `"gzip", "zstd" or false`, algorithm);
  const { most, byDefault } = LEVELS[algorithm];
  const { level = byDefault } = options;
  whole("compress.level", level, 1, most);
  return Object.freeze({ algorithm, level, minBytes: whole("compress.minBytes", minBytes, 0) });
}

function whole(option: string, value: number, least: number, most = 2 ** 31 - 1): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(option, `a whole number of ${least} to ${most}`, value);
}

/** CONFIG_INVALID where nothing is given: everything would stay readable. Who only reads what is compressed says so. */
export function checkEffect(options: PayloadCodecOptions): void {
  if (Object.values(options).some((value) => value !== undefined)) return;
  const message =
    "payloadCodec: without options nothing is compressed or encrypted: expected compress or encrypt; compress: false for " +
    "an app that only reads what others have compressed";
  throw new QTasksError("CONFIG_INVALID", message);
}

function invalid(option: string, expected: string, got: unknown): QTasksError {
  const message = `payloadCodec: ${option}: expected ${expected}; got ${JSON.stringify(got)}`;
  return new QTasksError("CONFIG_INVALID", message);
}
