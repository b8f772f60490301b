export { endpointRemediations } from './sagemaker/endpoints.ts';
export { modelRemediations } from './sagemaker/models.ts';
export { notebookRemediations } from './sagemaker/notebooks.ts';
export { processingJobRemediations } from './sagemaker/processing-jobs.ts';
export { trainingJobRemediations } from './sagemaker/training-jobs.ts';
export { tuningJobRemediations } from './sagemaker/tuning-jobs.ts';
