export { endpoints } from './sagemaker/endpoints.ts';
export { models } from './sagemaker/models.ts';
export { notebooks } from './sagemaker/notebooks.ts';
export { processingJobs } from './sagemaker/processing-jobs.ts';
export { trainingJobs } from './sagemaker/training-jobs.ts';
export { tuningJobs } from './sagemaker/tuning-jobs.ts';
