/** What the run was made with. */
import type { SettingsEvent } from "./event.ts";
import type { Settings } from "./history.ts";

/** Fills in the defaults. Throws where the harness noted no settings. */
export function resolveSettings(event: SettingsEvent | undefined): Settings {
  if (event === undefined) throw new Error("the history has no settings event");
  const { type: _type, at: _at, ...given } = event;
  return Object.freeze({
    retentionMs: 86_400_000,
    attemptHistory: 10,
    slackMs: 5_000,
    clockSkewMs: 50,
    ...given,
  });
}
