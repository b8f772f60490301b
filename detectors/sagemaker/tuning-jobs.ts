import type { HyperParameterTrainingJobDefinition } from '@aws-sdk/client-sagemaker';
import { detectors, ids, nextToken, read, readPages, resource } from '../../src/control.ts';
import { GONE, hasVpc, type Job, type JobPart, jobControls, key, tags } from './jobs.ts';
import { typesIn } from './training-jobs.ts';

/** The machines are named in one of two places, never in both. */
function part(definition: HyperParameterTrainingJobDefinition, name: string | undefined): JobPart {
  const { ResourceConfig: own, HyperParameterTuningResourceConfig: flexible, OutputDataConfig: output } = definition;
  const flexibleTypes = [
    flexible?.InstanceType,
    ...(flexible?.InstanceConfigs ?? []).map(({ InstanceType }) => InstanceType),
  ].flatMap((type) => type ?? []);
  return {
    name,
    instanceTypes: [...typesIn(own), ...flexibleTypes],
    hasVolumes: own !== undefined || flexible !== undefined,
    volumeKey: key(own?.VolumeKmsKeyId) ?? key(flexible?.VolumeKmsKeyId),
    output: output?.S3OutputPath,
    outputKey: key(output?.KmsKeyId),
    inVpc: hasVpc(definition.VpcConfig),
    isolated: definition.EnableNetworkIsolation === true,
    encryptsTraffic: definition.EnableInterContainerTrafficEncryption === true,
  };
}

export const job = read(
  'sagemaker',
  'DescribeHyperParameterTuningJob',
  ({ id }) => ({ HyperParameterTuningJobName: id }),
  (out): Job => ({
    status: out.HyperParameterTuningJobStatus ?? 'unknown',
    created: out.CreationTime,
    tunedBy: undefined,
    launchers: [],
    role: (out.TrainingJobDefinition ?? out.TrainingJobDefinitions?.[0])?.RoleArn,
    parts: [
      ...(out.TrainingJobDefinition ? [part(out.TrainingJobDefinition, undefined)] : []),
      ...(out.TrainingJobDefinitions ?? []).map((one, index) =>
        part(one, one.DefinitionName ?? `definition ${index + 1}`),
      ),
    ],
  }),
);

const name = ids('requestParameters.hyperParameterTuningJobName');
const control = jobControls(
  'Tuning',
  { 'sagemaker:CreateHyperParameterTuningJob': name, 'sagemaker:StopHyperParameterTuningJob': name },
  job,
);

export const tuningJobs = detectors(
  resource('AWS::SageMaker::HyperParameterTuningJob', {
    service: 'sagemaker',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:sagemaker:${region}:${account}:hyper-parameter-tuning-job/${id.toLowerCase()}`,
    list: readPages(
      'sagemaker',
      'ListHyperParameterTuningJobs',
      () => ({ StatusEquals: 'InProgress' as const }),
      (out) =>
        (out.HyperParameterTuningJobSummaries ?? []).flatMap(
          ({ HyperParameterTuningJobName }) => HyperParameterTuningJobName ?? [],
        ),
      nextToken,
    ),
    gone: GONE,
    tags,
  }),
  {
    476: control.volumeKey('Volumes are always encrypted: that each definition names a key is what is judged.'),
    477: control.ownVolumeKey(),
    478: control.outputKey('S3 encrypts everything by itself: that each definition names a key is what is judged.'),
    479: control.ownOutputKey(),
    480: control.traffic('HIGH', 'It needs no VPC, as the console steps suggest.'),
    481: control.vpc(),
    482: control.isolation(),
  },
);
