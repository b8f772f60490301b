export { domainDetectors } from './apigateway/domains.ts';
export { restApiDetectors } from './apigateway/rest-apis.ts';
export { stageDetectors } from './apigateway/stages.ts';
