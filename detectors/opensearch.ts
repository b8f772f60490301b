export { domainLogs } from './opensearch/logs.ts';
export { domainOptions } from './opensearch/options.ts';
export { domainRebuilds } from './opensearch/rebuilds.ts';
