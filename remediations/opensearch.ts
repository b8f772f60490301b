export { domainLogRemediations } from './opensearch/logs.ts';
export { domainOptionRemediations } from './opensearch/options.ts';
export { domainRebuildRemediations } from './opensearch/rebuilds.ts';
