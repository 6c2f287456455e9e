/** What a router is made with. */
import type { TaskDefaults } from "./task-defaults.ts";

export interface RouterOptions extends TaskDefaults {
  /** Put before the names of its tasks, as it is: `reports.` Tasks of services keep their names. @default "" */
  readonly prefix?: string | undefined;
}
