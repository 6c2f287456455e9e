/** The codes of google.rpc.Code by name, for handlers that choose one. */
export const STATUS_CODES = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type StatusName = keyof typeof STATUS_CODES;

const NAMES = new Map(
  Object.entries(STATUS_CODES).map(([name, code]): [number, string] => [code, name]),
);

/** `NOT_FOUND` for 5; undefined for 0, which is no error, and for numbers that are no code. */
export function statusName(code: number): StatusName | undefined {
  return NAMES.get(code) as StatusName | undefined;
}
