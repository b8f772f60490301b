import type { ResourceConfig } from '@aws-sdk/client-sagemaker';
import { detectors, ids, nextToken, read, readPages, resource } from '../../src/control.ts';
import { GONE, hasVpc, type Job, jobControls, key, tags } from './jobs.ts';

/** The types of all machines: one, or one for each group. */
export const typesIn = (resources: ResourceConfig | undefined): string[] =>
  [resources?.InstanceType, ...(resources?.InstanceGroups ?? []).map(({ InstanceType }) => InstanceType)].flatMap(
    (type) => type ?? [],
  );

export const job = read(
  'sagemaker',
  'DescribeTrainingJob',
  ({ id }) => ({ TrainingJobName: id }),
  (out): Job => ({
    status: out.TrainingJobStatus ?? 'unknown',
    created: out.CreationTime,
    tunedBy: out.TuningJobArn,
    launchers: [out.AutoMLJobArn, out.LabelingJobArn].flatMap((arn) => arn ?? []),
    role: out.RoleArn,
    parts: [
      {
        name: undefined,
        instanceTypes: typesIn(out.ResourceConfig),
        hasVolumes: out.ResourceConfig !== undefined,
        volumeKey: key(out.ResourceConfig?.VolumeKmsKeyId),
        output: out.OutputDataConfig?.S3OutputPath,
        outputKey: key(out.OutputDataConfig?.KmsKeyId),
        inVpc: hasVpc(out.VpcConfig),
        isolated: out.EnableNetworkIsolation === true,
        encryptsTraffic: out.EnableInterContainerTrafficEncryption === true,
      },
    ],
  }),
);

const name = ids('requestParameters.trainingJobName');
const control = jobControls(
  'Training',
  { 'sagemaker:CreateTrainingJob': name, 'sagemaker:StopTrainingJob': name },
  job,
);

export const trainingJobs = detectors(
  resource('AWS::SageMaker::TrainingJob', {
    service: 'sagemaker',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:sagemaker:${region}:${account}:training-job/${id.toLowerCase()}`,
    list: readPages(
      'sagemaker',
      'ListTrainingJobs',
      () => ({ StatusEquals: 'InProgress' as const }),
      (out) => (out.TrainingJobSummaries ?? []).flatMap(({ TrainingJobName }) => TrainingJobName ?? []),
      nextToken,
    ),
    gone: GONE,
    tags,
  }),
  {
    471: control.volumeKey('Volumes are always encrypted: that the job names a key is what is judged.'),
    472: control.ownVolumeKey(),
    473: control.ownOutputKey(
      'A bucket that encrypts with your key by itself gives the same, but the job does not show it: that is a fail by the document.',
    ),
    474: control.traffic(
      'HIGH',
      'With one instance there is no such traffic; the document does not except it. It needs no VPC, as the console steps suggest.',
    ),
    475: control.isolation(),
  },
);
