/** More checks for a task. */
import type { Registration } from "../../worker/registration.ts";

type Check = (value: unknown) => unknown;

/** Each gives what goes on, and throws for what it refuses. */
export interface Checks {
  readonly input?: Check | undefined;
  readonly result?: Check | undefined;
}

/** The registration with these checks after those that it has. */
export function checkedBy(registration: Registration, { input, result }: Checks): Registration {
  return {
    ...registration,
    checkInput: inTurn(registration.checkInput, input),
    checkResult: inTurn(registration.checkResult, result),
  };
}

function inTurn(first: Check | undefined, second: Check | undefined): Check | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return async (value) => second(await first(value));
}
