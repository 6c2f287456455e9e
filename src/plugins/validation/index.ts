/** What a program imports from `qtasks/plugins/validation`. */
export { protovalidate, type ProtovalidateOptions } from "./protovalidate.ts";
export { validation, type TaskSchemas, type ValidationOptions } from "./validation.ts";
