/** Breaks components on purpose: a wrapper around the real one, at whose calls a test may step in. */
import { aroundCalls, type Breakable, type ComponentCall } from "./around-calls.ts";
import { FaultPlan } from "./fault-plan.ts";

/** A call of a component, before it is made or after it was. */
export interface Step extends Omit<ComponentCall, "make"> {
  readonly when: "before" | "after";
}

/**
 * Asked at each step. What it throws the caller gets instead of the call; after the call, instead of its answer. Where it
 * gives a promise, the step waits for it.
 */
export type Fault = (step: Step) => void | Promise<void>;

/**
 * The component, which does what the plan, or the function, says and else works as ever. Give it to an app, a pipeline
 * or a contract suite in the place of the real one.
 */
export function faulty<Component extends Breakable>(
  component: Component,
  faults: FaultPlan | Fault,
): Component {
  if (faults instanceof FaultPlan) return aroundCalls(component, (call) => faults.pass(call));
  return aroundCalls(component, (call) => stepThrough(call, faults));
}

async function stepThrough({ make, ...call }: ComponentCall, fault: Fault): Promise<unknown> {
  const held = fault({ ...call, when: "before" });
  if (held !== undefined) await held;
  const answer = await make();
  const late = fault({ ...call, when: "after" });
  if (late !== undefined) await late;
  return answer;
}
