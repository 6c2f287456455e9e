/** What people who test with QTasks, or write a broker or a storage for it, import from `qtasks/testing`. */
export { brokerContract } from "./contract/broker-contract.ts";
export { documentsContract } from "./contract/documents-contract.ts";
export { jointContract } from "./contract/joint-contract.ts";
export type { BrokerSetup, Fresh, JointSetup, Setup, StorageSetup } from "./contract/setup.ts";
export { storageContract } from "./contract/storage-contract.ts";
