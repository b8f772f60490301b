export { stageDetectors } from './apigateway/stages.ts';
