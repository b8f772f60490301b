export { domainOptionRemediations } from './opensearch/options.ts';
