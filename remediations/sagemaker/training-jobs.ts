import { job, trainingJobs } from '../../detectors/sagemaker/training-jobs.ts';
import { concrete, remediations } from '../../src/control.ts';
import { jobRunbooks } from './jobs.ts';

const runbooks = jobRunbooks(
  {
    make: 'CreateTrainingJob',
    show: (id) => `aws sagemaker describe-training-job --training-job-name ${id}`,
    stop: (id) => concrete('sagemaker', 'StopTrainingJob', { TrainingJobName: id }),
    member: {
      traffic: 'EnableInterContainerTrafficEncryption',
      vpc: 'VpcConfig',
      isolation: 'EnableNetworkIsolation',
      volume: 'ResourceConfig.VolumeKmsKeyId',
      output: 'OutputDataConfig.KmsKeyId',
    },
    python: (setting) => `With version 2 of the Python SDK it is ${setting} for the Estimator.`,
  },
  job,
);

export const trainingJobRemediations = remediations(trainingJobs, {
  471: runbooks.volume,
  472: runbooks.volume,
  473: runbooks.output,
  474: runbooks.traffic,
  475: runbooks.isolation,
});
