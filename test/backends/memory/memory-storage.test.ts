import { MemoryStorage } from "../../../src/backends/memory/memory-storage.ts";
import { jointContract } from "../../../src/testing/contract/joint-contract.ts";
import { storageContract } from "../../../src/testing/contract/storage-contract.ts";

async function setup() {
  const subject = new MemoryStorage();
  await subject.start();
  return { subject, close: () => subject.stop() };
}

storageContract("memory", setup);
jointContract("memory", setup);
