/** A test file of somebody whose component has a bug: `BUG` names it, "" for none. Run in a process of its own. */
import {
  brokerContract,
  jointContract,
  MemoryBroker,
  MemoryStorage,
  storageContract,
} from "../../../src/testing/index.ts";
import { BROKER_BUGS, JOINT_BUGS, STORAGE_BUGS } from "./bugs.ts";

const { SUITE, BUG = "" } = process.env;
const close = async (): Promise<void> => undefined;
const sound = <Component>(component: Component): Component => component;

if (SUITE === "broker") {
  const bug = BROKER_BUGS[BUG] ?? sound;
  brokerContract("theirs", async () => ({ subject: bug(new MemoryBroker()), close }));
} else {
  const bug = { ...STORAGE_BUGS, ...JOINT_BUGS }[BUG] ?? sound;
  const setup = async () => ({ subject: bug(new MemoryStorage()), close });
  if (SUITE === "storage") storageContract("theirs", setup);
  else jointContract("theirs", setup);
}
