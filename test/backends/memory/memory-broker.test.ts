import { MemoryBroker } from "../../../src/backends/memory/memory-broker.ts";
import { brokerContract } from "../../../src/testing/contract/broker-contract.ts";

brokerContract("memory", async () => {
  const subject = new MemoryBroker();
  await subject.start();
  return { subject, close: () => subject.stop() };
});
