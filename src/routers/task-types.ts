/** How the types of a task's input and result follow from its handler and its schemas. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { JsonOf } from "./json-of.ts";
import type { TaskInit } from "./task-init.ts";

type Returned<T> = T extends AsyncGenerator<unknown, infer Result> ? Result : Awaited<T>;
/** Bytes are sent as they are, a payload as whatever it says; all else as JSON, which has null in place of undefined. */
type Arrives<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? T
    : T extends void
      ? null
      : T extends Uint8Array
        ? Uint8Array
        : T extends Payload
          ? unknown
          : JsonOf<T>;
/** What awaiting a task gives, from what its handler returns: what JSON leaves of it, see {@link JsonOf}. */
export type ResultOf<T> = Arrives<Returned<T>>;

/** Options of a task with these schemas, or without. */
export type InitOf<Input, Output> = Omit<TaskInit, "input" | "output"> & Input & Output;
export type Takes<S extends StandardSchemaV1> = { readonly input: S };
export type Gives<S extends StandardSchemaV1> = { readonly output: S };
export type TakesAny = { readonly input?: undefined };
export type GivesAny = { readonly output?: undefined };

/** What a handler may return to give a `T`. */
export type Returning<T> = T | Promise<T> | AsyncGenerator<unknown, T>;
