/** What a broker's and a storage's decorator tells. */
import type { Reason } from "../core/errors.ts";

/** A call of a broker or a storage. */
export interface ComponentCall {
  /** Such as `write`; of the documents, `documents.put`. */
  readonly method: string;
  /** Unset where it went well. */
  readonly reason: Reason | undefined;
  readonly durationMs: number;
}

export interface ComponentHooks {
  readonly call?: ((event: ComponentCall) => void) | undefined;
}
