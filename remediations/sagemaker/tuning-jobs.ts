import { job, tuningJobs } from '../../detectors/sagemaker/tuning-jobs.ts';
import { concrete, remediations } from '../../src/control.ts';
import { jobRunbooks } from './jobs.ts';

const WHERE = 'TrainingJobDefinition (and of every one of TrainingJobDefinitions)';

const runbooks = jobRunbooks(
  {
    make: 'CreateHyperParameterTuningJob',
    show: (id) => `aws sagemaker describe-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name ${id}`,
    stop: (id) => concrete('sagemaker', 'StopHyperParameterTuningJob', { HyperParameterTuningJobName: id }),
    member: {
      traffic: `EnableInterContainerTrafficEncryption of ${WHERE}`,
      vpc: `VpcConfig of ${WHERE}`,
      isolation: `EnableNetworkIsolation of ${WHERE}`,
      volume: `VolumeKmsKeyId in ResourceConfig or HyperParameterTuningResourceConfig of ${WHERE}`,
      output: `OutputDataConfig.KmsKeyId of ${WHERE}`,
    },
    python: (setting) =>
      `With version 2 of the Python SDK it is ${setting} for every Estimator that is given to the HyperparameterTuner.`,
  },
  job,
);

export const tuningJobRemediations = remediations(tuningJobs, {
  476: runbooks.volume,
  477: runbooks.volume,
  478: runbooks.output,
  479: runbooks.output,
  480: runbooks.traffic,
  481: runbooks.vpc,
  482: runbooks.isolation,
});
