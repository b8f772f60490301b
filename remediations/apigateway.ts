export { stageRemediations } from './apigateway/stages.ts';
