/** Addresses to listen on, as `host:port`. */
import { QTasksError } from "../core/errors.ts";

/** A parsed `host:port`. */
export interface Address {
  /** Without the brackets of IPv6. */
  readonly host: string;
  /** With the brackets of IPv6. */
  readonly hostInUrl: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Only this machine reaches it. */
  readonly loopback: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/**
 * Parses `127.0.0.1:50051`, `[::1]:0` or `localhost:8080`.
 * @throws QTasksError CONFIG_INVALID naming the option and the value.
 */
export function parseAddress(option: string, value: string): Address {
  const match = /^(\[([0-9a-f:.]+)\]|[^\s:[\]]+):(\d{1,5})$/i.exec(value);
  const port = Number(match?.[3]);
  const hostInUrl = match?.[1];
  if (hostInUrl === undefined || port > 65_535) {
    const expected = "expected host:port, such as 127.0.0.1:50051";
    throw new QTasksError("CONFIG_INVALID", `${option}: ${expected}, got "${value}"`);
  }
  const host = match?.[2] ?? hostInUrl;
  return { host, hostInUrl, port, loopback: isLoopback(host) };
}

/** Whether a host is this machine and nothing else. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** The address with the port that was bound. */
export function addressWithPort({ hostInUrl }: Address, port: number): string {
  return `${hostInUrl}:${port}`;
}

/** CONFIG_INVALID that names the option and the address, and what to do about one in use. */
export function cannotListen(option: string, address: Address, cause: Error): QTasksError {
  const where = addressWithPort(address, address.port);
  const why = cause.message.includes("EADDRINUSE") ? inUse(option, address.port) : cause.message;
  return new QTasksError("CONFIG_INVALID", `${option}: cannot listen on ${where}: ${why}`, {
    metadata: { option, address: where },
    cause,
  });
}

function inUse(option: string, port: number): string {
  return (
    "the address is in use, perhaps by another QTasks server; stop who listens there " +
    `(lsof -i :${port} shows it), or choose another port by the option ${option}, --${option} or QTASKS_${option.toUpperCase()}`
  );
}
