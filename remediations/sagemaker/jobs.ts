import type { Job } from '../../detectors/sagemaker/jobs.ts';
import { tags } from '../../detectors/sagemaker/jobs.ts';
import { type ConcreteCall, type GuideLine, guide, optional, type Read } from '../../src/control.ts';

type Aspect = 'traffic' | 'vpc' | 'isolation' | 'volume' | 'output';

/** How a kind of job is made, and what its launchers call the settings. */
interface Kind {
  readonly make: 'CreateProcessingJob' | 'CreateTrainingJob' | 'CreateHyperParameterTuningJob';
  /** The AWS CLI's command that shows a job. */
  readonly show: (id: string) => string;
  readonly stop: (id: string) => ConcreteCall;
  /** Where the setting is in the request. */
  readonly member: Readonly<Record<Aspect, string>>;
  /** Where the setting is in version 2 of the Python SDK. */
  readonly python: (setting: string) => string;
}

/** What must be true before the setting works, what breaks, and what prevents the next one. */
interface Setting {
  readonly wanted: string;
  readonly python: string;
  readonly impact: string;
  readonly before: (job: Job, key: string) => readonly string[];
  /** The condition of a Deny for jobs that lack it. */
  readonly condition: object;
}

const noKey = (name: string) => ({ Null: { [`sagemaker:${name}`]: 'true' } });

const keyLines = (job: Job, key: string): string[] => [
  `Choose the key: symmetric, enabled, one of yours, in the region of the job. The role of the job (${job.role ?? 'see its description'}) needs kms:GenerateDataKey, GenerateDataKeyWithoutPlaintext, Decrypt, DescribeKey and CreateGrant on it, by its own policy and the key's. A job that may not use its key fails at launch: aws kms describe-key --key-id ${key}`,
];

const settings: Readonly<Record<Aspect, Setting>> = {
  traffic: {
    wanted: 'true',
    python: 'encrypt_inter_container_traffic=True',
    impact: 'none for what runs. Jobs on several instances that talk much take longer and cost more from then on',
    before: () => [
      'In a VPC the security group of the job must let its members reach each other by UDP port 500 and IP protocol 50 (ESP); without these rules the job hangs. With one instance there is no such traffic, and the switch costs nothing.',
    ],
    condition: { BoolIfExists: { 'sagemaker:InterContainerTrafficEncryption': 'false' } },
  },
  vpc: {
    wanted: '{"Subnets":["<subnet-1>","<subnet-2>"],"SecurityGroupIds":["<security-group-id>"]}',
    python: 'subnets and security_group_ids',
    impact:
      'none for what runs. Later jobs fail at the start where the VPC has no way to S3 and the other services they use',
    before: () => [
      'Have private subnets in two zones with enough free addresses (each instance takes at least one), a gateway endpoint for S3 in their route tables, and interface endpoints for what the container calls: ECR, CloudWatch Logs, KMS, STS, SageMaker. Or NAT, if it must reach the internet.',
      'The role of the job needs ec2:CreateNetworkInterface, CreateNetworkInterfacePermission, DeleteNetworkInterface and DeleteNetworkInterfacePermission, and to describe VPCs, subnets, groups, DHCP options and network interfaces.',
    ],
    condition: { Null: { 'sagemaker:VpcSubnets': 'true' } },
  },
  isolation: {
    wanted: 'true',
    python: 'enable_network_isolation=True',
    impact:
      'none for what runs. Later containers that download packages or call AWS by themselves fail: they get neither network nor credentials',
    before: () => [
      'Find out whether the container can work alone: SageMaker brings input and takes output away, but pip install, requirements.txt, calls through boto3, checkpoints that the script writes itself, Spark on several nodes and remote debugging fail. Build what it needs into the image, and give data as inputs.',
      'Where that is impossible (some managed images, such as Chainer and reinforcement learning), run it in a VPC without a way to the internet instead, and exempt it.',
    ],
    condition: { BoolIfExists: { 'sagemaker:NetworkIsolation': 'false' } },
  },
  volume: {
    wanted: '<kms-key-arn>',
    python: 'volume_kms_key',
    impact: 'none for what runs. Later jobs fail at launch if their role may not use the key',
    before: (job, key) => [
      ...keyLines(job, key),
      'Machines with disks of their own (such as g5, p4d, m5d) take no key: their hardware encrypts. Do not mix them with others in one job, AWS then refuses the key.',
    ],
    condition: noKey('VolumeKmsKey'),
  },
  output: {
    wanted: '<kms-key-arn>',
    python: 'output_kms_key',
    impact: 'none for what runs. Whoever reads later results needs kms:Decrypt on the key',
    before: (job, key) => [
      ...keyLines(job, key),
      'Give kms:Decrypt to everyone who reads the results: endpoints and their roles, notebooks, other accounts. Directory buckets of S3 Express take no such key.',
    ],
    condition: noKey('OutputKmsKey'),
  },
};

/** Who started the job, as far as its own description tells. */
function launcherLines(
  kind: Kind,
  id: string,
  region: string,
  job: Job,
  tagged: Readonly<Record<string, string>>,
): GuideLine[] {
  const from = job.created?.toISOString() ?? '<creation time>';
  const to = job.created ? new Date(job.created.getTime() + 60_000).toISOString() : '<a minute later>';
  const telling = Object.entries(tagged).filter(([name]) => /^(aws|sagemaker):|pipeline|workflow/i.test(name));
  return [
    ...job.launchers.map((arn) => ({ text: launcherText(arn) })),
    ...(telling.length > 0
      ? [
          {
            text: `Its tags tell where it comes from: ${telling.map(([name, value]) => `${name}=${value}`).join(', ')}.`,
          },
        ]
      : []),
    {
      text: `Find who started it, in CloudTrail of ${region}: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=${kind.make} --start-time ${from} --end-time ${to} --region ${region}. In the event that names ${id}, userIdentity and userAgent tell person, pipeline or tool: SageMaker Pipelines, Step Functions, Airflow, a notebook, or a script with the SDK.`,
    },
  ];
}

function launcherText(arn: string): string {
  if (arn.includes(':monitoring-schedule/'))
    return `The monitoring schedule ${arn} makes such a job again and again: change NetworkConfig, keys and resources in its definition (aws sagemaker describe-monitoring-schedule, then update-monitoring-schedule with the whole configuration), or the next run raises this again.`;
  if (arn.includes(':automl-job/'))
    return `It is part of the AutoML job ${arn}: the security settings (SecurityConfig: keys, VPC, encrypted traffic) are given when that is made.`;
  if (arn.includes(':labeling-job/')) return `It is part of the labeling job ${arn}: its settings are given there.`;
  return `It serves ${arn} (as a rule of Debugger, say): change the settings where that is made.`;
}

/** How the results that are there are encrypted anew, in their place. */
function resultLines(job: Job, key: string): GuideLine[] {
  const places = [...new Set(job.parts.flatMap(({ output }) => output ?? []))];
  return places.map((place) => ({
    text: `What this job writes to ${place} stays as it is. If it must be under the key too, copy its objects in place when the job has ended, after looking which they are: aws s3 cp ${place} ${place} --recursive --sse aws:kms --sse-kms-key-id ${key}. Old versions keep their encryption.`,
  }));
}

/** The runbooks for one kind of job. A job itself cannot be set right: its launcher is. */
export function jobRunbooks(kind: Kind, job: Read<Job>) {
  const runbook = (aspect: Aspect) => {
    const setting = settings[aspect];
    const isKey = aspect === 'volume' || aspect === 'output';
    return guide(
      {
        impact: setting.impact,
        parameters: {
          sagemakerKeyArn: optional('KMS key of yours for volumes and output of SageMaker jobs.', '<kms-key-arn>'),
        },
        reads: { job, tags },
        note: 'The settings of a job are fixed when it is made. Running it again costs compute and may overwrite results, so the runbook goes to what launches it. Deleting the record would only take the trace away.',
      },
      ({ id, region, partition, job, tags, parameters }) => {
        const key = parameters.sagemakerKeyArn;
        const wanted = isKey ? key : setting.wanted;
        return [
          {
            text: `${id} is ${job.status} (made ${job.created?.toISOString() ?? 'at an unknown time'}, role ${job.role ?? 'unknown'}). Nothing about it can be changed any more; what launches it can. Save how it was made: ${kind.show(id)} --region ${region}`,
          },
          ...launcherLines(kind, id, region, job, tags),
          ...setting.before(job, key).map((text) => ({ text })),
          {
            text: `Change the launcher: in a request of ${kind.make}, and in the JSON of Step Functions, pipelines or templates, set ${kind.member[aspect]} to ${wanted}. ${kind.python(setting.python)} Leave all else as it is.`,
          },
          {
            text: 'Try it with a small job under another name and another output path, so that no result is overwritten. Then let the launcher run as usual: its next job is judged by itself.',
          },
          ...(job.status === 'InProgress'
            ? [
                {
                  text: 'This one still runs. Let it end, unless its owner agrees that what it handles must not go on like this: stopping loses the work, and what was paid for it.',
                  call: kind.stop(id),
                },
              ]
            : []),
          ...(aspect === 'output' ? resultLines(job, key) : []),
          ...(aspect === 'volume'
            ? [{ text: 'Its volumes are deleted with its instances when it ends: there is nothing to clean up.' }]
            : []),
          {
            text: `${aspect === 'volume' ? 'The following also stops jobs on machines with disks of their own, which can name no key; leave their types out by sagemaker:InstanceTypes if you use them. ' : ''}So that nobody makes such a job again, deny it in the policies of those who launch, or for the organisation: ${JSON.stringify(
              {
                Effect: 'Deny',
                Action: `sagemaker:${kind.make}`,
                Resource: `arn:${partition}:sagemaker:*:*:*`,
                Condition: setting.condition,
              },
            )}`,
          },
          {
            text: 'To go back, take the setting out of the launcher again. Mark this as done when the launcher is changed, or exempt it with a reason. Do not delete the record of the job: that sets nothing right.',
          },
        ];
      },
    );
  };
  return {
    traffic: runbook('traffic'),
    vpc: runbook('vpc'),
    isolation: runbook('isolation'),
    volume: runbook('volume'),
    output: runbook('output'),
  };
}
