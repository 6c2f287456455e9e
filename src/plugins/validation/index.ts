/** What a program imports from `qtasks/plugins/validation`. */
export { protovalidate, type ProtovalidateOptions } from "./protovalidate.ts";
export type { TaskSchemas } from "./task-schemas.ts";
export { validation, type ValidationOptions } from "./validation.ts";
