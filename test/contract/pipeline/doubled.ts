/** A component of which every call is made twice, as by a caller that did not get the first answer. */
import { aroundCalls, type Breakable } from "../../../src/testing/faults/around-calls.ts";

const TAKES: ReadonlySet<string> = new Set(["take", "handOut"]);

export function doubled<Component extends Breakable>(component: Component): Component {
  return aroundCalls(component, async ({ method, make }) => {
    const first = await make();
    const second = await make();
    // Where the first found nothing, the second may have taken what has come since.
    return TAKES.has(method) ? second : first;
  });
}
