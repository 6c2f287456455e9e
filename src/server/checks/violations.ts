/** Collects what is wrong with a request, so that one error names every field. */
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import { durationMs } from "../../core/duration.ts";
import { fieldErrors, QTasksError, type FieldViolation } from "../../core/errors.ts";
import type { Limits } from "../../core/limits.ts";
import { typeName } from "../../core/shown.ts";

/** Printable ASCII without spaces and braces. */
const TOKEN = /^[!-z|~]+$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROL = /[\u0000-\u001f\u007f]/;
const MAX_SHOWN = 60;
/** Seconds of 9999-12-31T23:59:59Z, the last time that a Timestamp can hold. */
const MAX_SECONDS = 253_402_300_799n;
const MIN_SECONDS = -62_135_596_800n;

export class Violations {
  readonly limits: Limits;
  #found: FieldViolation[] | undefined;
  #tooLarge: QTasksError | undefined;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  add(field: string, description: string): void {
    (this.#found ??= []).push({ field, description });
  }

  /** A payload over its limit has a code of its own. */
  addTooLarge(field: string, bytes: number, limit: number): void {
    this.#tooLarge ??= new QTasksError(
      "PAYLOAD_TOO_LARGE",
      `${field} has ${bytes} bytes; the limit is ${limit}`,
      { fields: [{ field, description: `at most ${limit} bytes; got ${bytes}` }] },
    );
  }

  /** FIELD_VIOLATION or PAYLOAD_TOO_LARGE if anything was found. */
  get error(): QTasksError | undefined {
    return this.#found === undefined ? this.#tooLarge : fieldErrors(this.#found);
  }

  /** A name, key or id: printable ASCII without spaces and braces. */
  token(field: string, value: string, maxLength: number): void {
    // Programs in the server's process, which no type may have checked, can leave it out.
    if (value === "" || value === undefined || value === null) this.add(field, "is required");
    else this.optionalToken(field, value, maxLength);
  }

  optionalToken(field: string, value: string, maxLength: number): void {
    if (value === "") return;
    if (!this.#isText(field, value)) return;
    if (value.length > maxLength)
      this.add(field, `at most ${maxLength} characters; got ${value.length}`);
    else if (!TOKEN.test(value))
      this.add(field, `printable ASCII without spaces and braces; got ${show(value)}`);
  }

  text(field: string, value: string, maxLength: number): void {
    if (!this.#isText(field, value)) return;
    if (value.length > maxLength)
      this.add(field, `at most ${maxLength} characters; got ${value.length}`);
    else if (CONTROL.test(value)) this.add(field, "no control characters");
  }

  #isText(field: string, value: unknown): boolean {
    const isText = typeof value === "string";
    if (!isText) this.add(field, `a text; got ${typeName(value)}`);
    return isText;
  }

  /** Not negative, at most `limits.maxDurationMs`; with `positive`, more than zero. */
  duration(field: string, value: Duration | undefined, positive = false): void {
    if (value === undefined) return;
    const negative = value.seconds < 0n || value.nanos < 0;
    if (negative || value.nanos > 999_999_999)
      this.add(field, `a duration of 0 or more; got ${value.seconds}s and ${value.nanos}ns`);
    else if (positive && value.seconds === 0n && value.nanos === 0)
      this.add(field, "more than zero; leave it out for no limit");
    else if (durationMs(value) > this.limits.maxDurationMs)
      this.add(field, `at most ${this.limits.maxDurationMs / 1000}s; got ${value.seconds}s`);
  }

  timestamp(field: string, value: Timestamp | undefined): void {
    if (value === undefined) return;
    const valid =
      value.seconds >= MIN_SECONDS &&
      value.seconds <= MAX_SECONDS &&
      value.nanos >= 0 &&
      value.nanos <= 999_999_999;
    if (!valid)
      this.add(
        field,
        `a time from year 1 to 9999; got ${value.seconds} seconds, ${value.nanos} nanos`,
      );
  }

  integer(field: string, value: number, min: number, max: number): void {
    if (value < min || value > max) this.add(field, `from ${min} to ${max}; got ${value}`);
  }

  number(field: string, value: number, min: number, max: number): void {
    if (!(value >= min && value <= max)) this.add(field, `from ${min} to ${max}; got ${value}`);
  }

  /** One of the enum's values; 0 is allowed unless `required`. */
  enum(
    field: string,
    value: number,
    schema: { readonly value: Record<number, { readonly name: string }> },
    required = false,
  ): void {
    const known = schema.value[value] !== undefined && !(required && value === 0);
    if (known) return;
    const names = Object.values(schema.value)
      .map((item) => item.name)
      .slice(required ? 1 : 0);
    this.add(field, `one of ${names.join(", ")}; got ${value}`);
  }

  /** At most so many entries. */
  size(field: string, count: number, max: number): void {
    if (count > max) this.add(field, `at most ${max} entries; got ${count}`);
  }

  /** A page size: 0 is the default. */
  pageSize(field: string, value: number): void {
    if (value < 0) this.add(field, `0 for the default, or more; got ${value}`);
  }
}

function show(value: string): string {
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
