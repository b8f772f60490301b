import { detectors, ids, nextToken, read, readPages, resource } from '../../src/control.ts';
import { GONE, hasVpc, type Job, jobControls, key, tags } from './jobs.ts';

export const job = read(
  'sagemaker',
  'DescribeProcessingJob',
  ({ id }) => ({ ProcessingJobName: id }),
  (out): Job => {
    const cluster = out.ProcessingResources?.ClusterConfig;
    const outputs = (out.ProcessingOutputConfig?.Outputs ?? []).flatMap(({ S3Output }) => S3Output?.S3Uri ?? []);
    return {
      status: out.ProcessingJobStatus ?? 'unknown',
      created: out.CreationTime,
      tunedBy: undefined,
      launchers: [out.MonitoringScheduleArn, out.AutoMLJobArn, out.TrainingJobArn].flatMap((arn) => arn ?? []),
      role: out.RoleArn,
      parts: [
        {
          name: undefined,
          instanceTypes: cluster?.InstanceType ? [cluster.InstanceType] : [],
          hasVolumes: true,
          volumeKey: key(cluster?.VolumeKmsKeyId),
          output: outputs[0],
          outputKey: key(out.ProcessingOutputConfig?.KmsKeyId),
          inVpc: hasVpc(out.NetworkConfig?.VpcConfig),
          isolated: out.NetworkConfig?.EnableNetworkIsolation === true,
          encryptsTraffic: out.NetworkConfig?.EnableInterContainerTrafficEncryption === true,
        },
      ],
    };
  },
);

const name = ids('requestParameters.processingJobName');
const control = jobControls(
  'Processing',
  { 'sagemaker:CreateProcessingJob': name, 'sagemaker:StopProcessingJob': name },
  job,
);

export const processingJobs = detectors(
  resource('AWS::SageMaker::ProcessingJob', {
    service: 'sagemaker',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:sagemaker:${region}:${account}:processing-job/${id.toLowerCase()}`,
    list: readPages(
      'sagemaker',
      'ListProcessingJobs',
      () => ({ StatusEquals: 'InProgress' as const }),
      (out) => (out.ProcessingJobSummaries ?? []).flatMap(({ ProcessingJobName }) => ProcessingJobName ?? []),
      nextToken,
    ),
    gone: GONE,
    tags,
  }),
  {
    468: control.traffic(
      'MEDIUM',
      'With one instance there is no such traffic; the document does not except it. Its command switches on isolation and a VPC as well, whichever control it sits under, and is no valid JSON.',
    ),
    469: control.vpc(),
    470: control.isolation(),
    521: control.volumeKey(
      'The text is about notebooks, and volumes are always encrypted: that a key is named is what is judged.',
    ),
    522: control.ownVolumeKey(),
    523: control.outputKey('S3 encrypts everything by itself: that the job names a key is what is judged.'),
    524: control.ownOutputKey(),
  },
);
