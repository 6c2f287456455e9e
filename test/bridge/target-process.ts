/** The target as a process of its own, to be killed: `node target-process.ts PORT`. */
import { startTarget } from "./target.ts";

const { address, calls } = await startTarget({ port: Number(process.argv[2]) });
console.log(`serves on ${address}`);
// Each call that begins, for who waits for it.
calls.push = (...names) => {
  console.log(`begun ${names.join(" ")}`);
  return names.length;
};
