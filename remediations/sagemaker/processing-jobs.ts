import { job, processingJobs } from '../../detectors/sagemaker/processing-jobs.ts';
import { concrete, remediations } from '../../src/control.ts';
import { jobRunbooks } from './jobs.ts';

const runbooks = jobRunbooks(
  {
    make: 'CreateProcessingJob',
    show: (id) => `aws sagemaker describe-processing-job --processing-job-name ${id}`,
    stop: (id) => concrete('sagemaker', 'StopProcessingJob', { ProcessingJobName: id }),
    member: {
      traffic: 'NetworkConfig.EnableInterContainerTrafficEncryption',
      vpc: 'NetworkConfig.VpcConfig',
      isolation: 'NetworkConfig.EnableNetworkIsolation',
      volume: 'ProcessingResources.ClusterConfig.VolumeKmsKeyId',
      output: 'ProcessingOutputConfig.KmsKeyId (one for all outputs)',
    },
    python: (setting) =>
      `With version 2 of the Python SDK it is ${setting} for the Processor; what is about the network goes into its network_config, a NetworkConfig.`,
  },
  job,
);

export const processingJobRemediations = remediations(processingJobs, {
  468: runbooks.traffic,
  469: runbooks.vpc,
  470: runbooks.isolation,
  521: runbooks.volume,
  522: runbooks.volume,
  523: runbooks.output,
  524: runbooks.output,
});
