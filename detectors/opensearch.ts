export { domainOptions } from './opensearch/options.ts';
