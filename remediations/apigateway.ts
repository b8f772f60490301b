export { domainRemediations } from './apigateway/domains.ts';
export { restApiRemediations } from './apigateway/rest-apis.ts';
export { stageRemediations } from './apigateway/stages.ts';
