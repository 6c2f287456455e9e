/** What people who test with QTasks, or write a broker or a storage for it, import from `qtasks/testing`. */
export { brokerContract } from "./contract/broker-contract.ts";
export { documentsContract } from "./contract/documents-contract.ts";
export { jointContract } from "./contract/joint-contract.ts";
export type { BrokerSetup, Fresh, JointSetup, Setup, StorageSetup } from "./contract/setup.ts";
export { storageContract } from "./contract/storage-contract.ts";
export type { Around, Breakable, CallName, ComponentCall } from "./faults/around-calls.ts";
export { aroundCalls } from "./faults/around-calls.ts";
export type { FaultOptions } from "./faults/fault-options.ts";
export { FaultPlan, type PlannedFault, type RecordedCall } from "./faults/fault-plan.ts";
export { faulty, type Fault, type Step } from "./faults/faulty.ts";
export { outOfReach } from "./faults/out-of-reach.ts";
export type { EnqueuedTask } from "./app/enqueued.ts";
export type { TestAppOptions } from "./app/options.ts";
export { testApp, type IdleOptions, type TestApp } from "./app/test-app.ts";
export { TestClock } from "./app/test-clock.ts";
export { MemoryBroker } from "../backends/memory/memory-broker.ts";
export { MemoryStorage } from "../backends/memory/memory-storage.ts";
