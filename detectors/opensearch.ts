export { domainOptions } from './opensearch/options.ts';
export { domainRebuilds } from './opensearch/rebuilds.ts';
