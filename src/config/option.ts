/** Kinds of options: how each is checked, and read from text. */
/** Where a value came from, in rising order of precedence. */
export type ConfigSource = "default" | "file" | "env" | "argument";

/** What holds for the values of one option. */
export interface OptionKind<T> {
  /** For people: what is expected. */
  readonly expected: string;
  /** The value, or undefined where it is none of this kind. */
  readonly accept: (value: unknown) => T | undefined;
  /** A text of the environment as a value that `accept` can judge. */
  readonly fromText: (text: string) => unknown;
  /** `false` says that there is none, whatever other sources say. @default it is judged as any value */
  readonly falseIsNone?: boolean;
}

/** One row of the table of options. */
export interface Option<T> {
  readonly kind: OptionKind<T>;
  /** For people: one sentence, with unit and default where that is not plain. */
  readonly description: string;
  readonly default: T;
  /** Not to be shown. */
  readonly secret?: boolean;
}

/** Gives a row its type. */
export function option<const T>(row: Option<T>): Option<T> {
  return row;
}

export const text: OptionKind<string> = {
  expected: "a text",
  accept: (value) => (typeof value === "string" && value !== "" ? value : undefined),
  fromText: (value) => value,
};

export const flag: OptionKind<boolean> = {
  expected: "true or false",
  accept: (value) => (typeof value === "boolean" ? value : undefined),
  fromText: (value) => ({ true: true, "1": true, false: false, "0": false })[value.toLowerCase()],
};

/** A listener's address, or false for none. */
export const listener: OptionKind<string | false> = {
  expected: "HOST:PORT, or false for none",
  accept: (value) => (value === false || isAddress(value) ? value : undefined),
  fromText: (value) => (value === "false" || value === "off" ? false : value),
};

/** A server's address, which has no port 0. */
export const address: OptionKind<string> = {
  expected: "HOST:PORT with a port from 1 to 65535, or false for none",
  accept: (value) => (isAddress(value) && !/:0+$/.test(value) ? value : undefined),
  fromText: (value) => (value === "false" || value === "off" ? false : value),
  falseIsNone: true,
};

export const list: OptionKind<readonly string[]> = {
  expected: "a list of texts; in the environment separated by commas",
  accept: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")
      ? Object.freeze([...(value as string[])])
      : undefined,
  fromText: (value) => value.split(",").map((item) => item.trim()),
};

export function whole(min: number, max: number): OptionKind<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    accept: (value) =>
      Number.isInteger(value) && (value as number) >= min && (value as number) <= max
        ? (value as number)
        : undefined,
    fromText: numberOf,
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): OptionKind<T> {
  return {
    expected: `one of ${values.join(", ")}`,
    accept: (value) => values.find((known) => known === value),
    fromText: (value) => value,
  };
}

/** A kind that may also be left unset. */
export function optional<T>(kind: OptionKind<T>): OptionKind<T | undefined> {
  return kind;
}

function numberOf(value: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function isAddress(value: unknown): value is string {
  if (typeof value !== "string") return false;
  const match = /^(?:\[[0-9a-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/i.exec(value);
  return match !== null && Number(match[1]) <= 65_535;
}
