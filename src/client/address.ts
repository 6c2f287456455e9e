/** Where servers are, and what may be sent there. */
import { fieldError } from "../core/errors.ts";

/** Where a server listens unless told otherwise. */
export const DEFAULT_ADDRESS = "127.0.0.1:50051";

/** The host in `HOST:PORT`. FIELD_VIOLATION for what is none. */
export function hostOf(address: string): string {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/i.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535)
    throw fieldError("address", `expected HOST:PORT, such as 127.0.0.1:50051, not "${address}"`);
  return match[1] ?? match[2]!;
}

/** The host, without the brackets of IPv6, is this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** FIELD_VIOLATION for a token that would cross a network in clear text. */
export function checkToken(init: {
  readonly token: string | undefined;
  readonly address: string;
  /** It is sent over TLS, or not beyond this machine. */
  readonly isSafe: boolean;
  readonly insecure: boolean | undefined;
}): void {
  if (init.token === undefined || init.isSafe || init.insecure === true) return;
  throw fieldError("token", `can't be sent to ${init.address} without TLS unless insecure is set`);
}
