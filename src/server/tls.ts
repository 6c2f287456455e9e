/** Certificates of the listeners. */
import { readFile } from "node:fs/promises";

import { QTasksError } from "../core/errors.ts";

/** Paths of PEM files. */
export interface TlsOptions {
  /** The certificate and what chains it to a root. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** The files' content. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws QTasksError CONFIG_INVALID naming the option whose file cannot be read. */
export async function readTls(options: TlsOptions): Promise<TlsMaterial> {
  const cert = await readPem("tls.certFile", options.certFile);
  const key = await readPem("tls.keyFile", options.keyFile);
  return { cert, key };
}

async function readPem(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new QTasksError("CONFIG_INVALID", `${option}: ${why}`, { cause });
  }
}
