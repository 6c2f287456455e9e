/** What a program imports from `qtasks/plugins/prometheus`. */
export { prometheus, type PrometheusPlugin } from "./prometheus.ts";
export type { PrometheusOptions } from "./options.ts";
