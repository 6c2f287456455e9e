/** What runs in the browser: scenarios on @qtasks/client-web and on stock stubs of connect-web. */
import { createConnectTransport } from "@connectrpc/connect-web";
import { connect, taskIds } from "../web/index.ts";
import { connectStub, waitDurably } from "./connect-stub.ts";
import { SCENARIOS } from "./scenarios.ts";

/** Plays one scenario; gives its facts. */
async function play(name: string, baseUrl: string, delayMs: number): Promise<object> {
  if (name === "wait") {
    const interceptors = [taskIds()];
    return waitDurably(createConnectTransport({ baseUrl, interceptors }), delayMs);
  }
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario of browsers is called "${name}"`);
  const client = connect({ baseUrl });
  try {
    return await scenario({ client, stub: connectStub(createConnectTransport({ baseUrl })) });
  } finally {
    client.close();
  }
}

Object.assign(globalThis, { play });
