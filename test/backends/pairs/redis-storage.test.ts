import { backendContract } from "../../contract/backend-contract.ts";
import { pipelineContract } from "../../contract/pipeline-contract.ts";
import { DATASTORES, pairPlace } from "./shelves.ts";

for (const broker of DATASTORES) {
  const name = `redis storage, ${broker} broker`;
  const setup = pairPlace("redis", broker);
  backendContract(name, setup);
  pipelineContract(name, "composed", setup);
}
