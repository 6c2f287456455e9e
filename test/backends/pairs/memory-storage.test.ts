import { backendContract } from "../../contract/backend-contract.ts";
import { pipelineContract } from "../../contract/pipeline-contract.ts";
import { DATASTORES, pairPlace } from "./shelves.ts";

for (const broker of DATASTORES) {
  const name = `memory storage, ${broker} broker`;
  const setup = pairPlace("memory", broker);
  backendContract(name, setup);
  pipelineContract(name, "composed", setup);
}
