/** A test file of somebody whose component has a bug: `BUG` names it, or `PART` the part of the suite that
 * refuses it; "" for none. Run in a process of its own. */
import {
  brokerContract,
  jointContract,
  MemoryBroker,
  MemoryStorage,
  storageContract,
} from "../../../src/testing/index.ts";
import type { Joint } from "../../../src/storage/joint.ts";
import { BROKER_BUGS, JOINT_BUGS, STORAGE_BUGS } from "./bugs.ts";
import { OF_BROKERS, OF_JOINT, OF_STORAGES, withBug } from "./part-bugs.ts";

const { SUITE, BUG = "", PART = "" } = process.env;
const close = async (): Promise<void> => undefined;
const sound = <Component>(component: Component): Component => component;

if (SUITE === "broker") {
  const bug = BROKER_BUGS[BUG] ?? sound;
  const ofPart = OF_BROKERS[PART] ?? (() => ({}));
  brokerContract("theirs", async () => ({
    subject: withBug(bug(new MemoryBroker()), ofPart),
    close,
  }));
} else {
  const bug = { ...STORAGE_BUGS, ...JOINT_BUGS }[BUG] ?? sound;
  const ofPart = (SUITE === "storage" ? OF_STORAGES : OF_JOINT)[PART] ?? (() => ({}));
  const setup = async () => ({ subject: withBug<Joint>(bug(new MemoryStorage()), ofPart), close });
  if (SUITE === "storage") storageContract("theirs", setup);
  else jointContract("theirs", setup);
}
