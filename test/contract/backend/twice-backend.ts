/** A backend of which every call is made twice. */
import type { Backend } from "../../../src/pipeline/backend.ts";
import { overlaid } from "../../../src/testing/contract/overlaid.ts";
import { assertSame } from "../../../src/testing/contract/setup.ts";
import { createdAgain, handOutTwice, repeated } from "../../../src/testing/contract/twice.ts";

/** A backend that repeats every call; its storage does so by itself, where it is one that does. */
export function twiceBackend(backend: Backend): Backend {
  const overrides: Partial<Backend> = {
    create: async (tasks) => {
      const first = await backend.create(tasks);
      const expected = first.map((verdict, index) => createdAgain(verdict, tasks[index]!.record));
      assertSame(await backend.create(tasks), expected, "create, repeated");
      return first;
    },
    write: repeated("write", (changes) => backend.write(changes)),
    handOut: handOutTwice(backend),
    start: async () => {
      await backend.start();
      await backend.start();
    },
    stop: async () => {
      await backend.stop();
      await backend.stop();
    },
  };
  return overlaid(backend, overrides);
}
