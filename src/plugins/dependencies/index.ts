/** What a program imports from `qtasks/plugins/dependencies`. */
export {
  dependency,
  type AnyDependency,
  type CreateParts,
  type Dependency,
  type DependencyInit,
  type DependencyOverride,
  type DependencyScope,
  type DisposeParts,
  type UsableScope,
} from "./dependency.ts";
export type { DependenciesOptions } from "./options.ts";
export { dependencies } from "./plugin.ts";
