import type { Backend } from "../../../src/pipeline/backend.ts";
import type { Joint } from "../../../src/storage/joint.ts";
import { overlaid } from "../../../src/testing/contract/overlaid.ts";

/**
 * A backend as a joint one: its storage, with the backend's own create, write and hand-out, the first two
 * of which answer when `settled` did. So the suite of the joint contract holds for pairs too.
 */
export function jointView(backend: Backend, settled: () => Promise<void>): Joint {
  const { storage } = backend;
  const steps: Pick<Joint, "create" | "write" | "handOut"> = {
    create: async ({ tasks }) => {
      const verdicts = await backend.create(tasks);
      await settled();
      return verdicts;
    },
    write: async ({ changes }) => {
      const verdicts = await backend.write(changes);
      await settled();
      return verdicts;
    },
    handOut: (params) => backend.handOut(params),
  };
  return overlaid(storage as Joint, steps);
}
