/** The `client` of clients/conformance. */
import { connect } from "../node/index.ts";
import { grpcStub, waitDurably } from "./grpc-stub.ts";
import { SCENARIOS } from "./scenarios.ts";
import { address, delayMs } from "./settings.ts";

/** Plays one scenario; gives its facts. */
export async function play(name: string): Promise<object> {
  if (name === "wait") return waitDurably(address(), delayMs());
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario is called "${name}"`);
  using client = connect({ address: address() });
  using stub = grpcStub(address());
  return await scenario({ client, stub });
}
