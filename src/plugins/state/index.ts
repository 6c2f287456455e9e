/** What a program imports from `qtasks/plugins/state`. */
export type {
  StateChange,
  StateDeleteOptions,
  StateEntry,
  StatePut,
  StateUpdateOptions,
  WatchStateOptions,
} from "./entry.ts";
export type { SharedStateOptions } from "./options.ts";
export { sharedState, type SharedState } from "./shared-state.ts";
