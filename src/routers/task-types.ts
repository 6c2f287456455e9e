/** How the types of a task's input and result follow from its handler and its schemas. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { TaskInit } from "./task-init.ts";

type Returned<T> = T extends AsyncGenerator<unknown, infer Result> ? Result : Awaited<T>;
/** JSON has no undefined: what a caller gets in its place is null. */
type NoneAsNull<T> = unknown extends T ? T : T extends void ? null : T;
/** What awaiting a task gives, from what its handler returns: nothing becomes null. */
export type ResultOf<T> = NoneAsNull<Returned<T>>;

/** Options of a task with these schemas, or without. */
export type InitOf<Input, Output> = Omit<TaskInit, "input" | "output"> & Input & Output;
export type Takes<S extends StandardSchemaV1> = { readonly input: S };
export type Gives<S extends StandardSchemaV1> = { readonly output: S };
export type TakesAny = { readonly input?: undefined };
export type GivesAny = { readonly output?: undefined };

/** What a handler may return to give a `T`. */
export type Returning<T> = T | Promise<T> | AsyncGenerator<unknown, T>;
