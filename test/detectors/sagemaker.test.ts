import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, NOW, placeOf, sessionOn } from '../controls.ts';

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const FOREIGN = 'arn:aws:kms:eu-west-1:999988887777:key/2';
const VPC = { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] };
const managed = (KeyManager: string): Answers => ({ 'kms:DescribeKey': { KeyMetadata: { KeyManager } } });
const minutesAgo = (count: number) => new Date(NOW.getTime() - count * 60_000);

/** The settings of a job, by the aspects that are judged. */
interface Settings {
  traffic?: boolean;
  vpc?: object;
  isolation?: boolean;
  volume?: string;
  output?: string;
  type?: string;
  status?: string;
  created?: Date;
}
const all: Settings = { traffic: true, vpc: VPC, isolation: true, volume: KEY, output: KEY };

const processing = (one: Settings): Answers => ({
  'sagemaker:DescribeProcessingJob': {
    ...{ ProcessingJobStatus: one.status ?? 'InProgress', CreationTime: one.created ?? NOW },
    NetworkConfig: {
      ...{ EnableInterContainerTrafficEncryption: one.traffic, EnableNetworkIsolation: one.isolation },
      VpcConfig: one.vpc,
    },
    ProcessingResources: {
      ClusterConfig: { InstanceType: one.type ?? 'ml.m5.large', InstanceCount: 2, VolumeKmsKeyId: one.volume },
    },
    ProcessingOutputConfig: { Outputs: [{ S3Output: { S3Uri: 's3://out/' } }], KmsKeyId: one.output },
  },
});
const body = (one: Settings) => ({
  ...{ EnableInterContainerTrafficEncryption: one.traffic, EnableNetworkIsolation: one.isolation, VpcConfig: one.vpc },
  ResourceConfig: { InstanceType: one.type ?? 'ml.m5.large', VolumeKmsKeyId: one.volume },
  OutputDataConfig: { S3OutputPath: 's3://out/', KmsKeyId: one.output },
});
const training = (one: Settings, more: object = {}): Answers => ({
  'sagemaker:DescribeTrainingJob': {
    ...{ TrainingJobStatus: one.status ?? 'InProgress', CreationTime: one.created ?? NOW },
    ...body(one),
    ...more,
  },
});
const tuning = (one: Settings, more: object = {}): Answers => ({
  'sagemaker:DescribeHyperParameterTuningJob': {
    ...{ HyperParameterTuningJobStatus: one.status ?? 'InProgress', CreationTime: one.created ?? NOW },
    TrainingJobDefinition: body(one),
    ...more,
  },
});

type Case = [control: number, make: (one: Settings) => Answers, aspect: keyof Settings, own: boolean, because: string];
const noTraffic = 'fail: the traffic between its instances is not encrypted';
const noVpc = 'fail: it runs outside of any VPC of yours';
const network = 'fail: its containers have a network';
const noVolume = 'fail: no KMS key is named for the volumes';
const noOutput = 'fail: no KMS key is named for the output';
const cases: Case[] = [
  [468, processing, 'traffic', false, noTraffic],
  [469, processing, 'vpc', false, noVpc],
  [470, processing, 'isolation', false, network],
  [521, processing, 'volume', false, noVolume],
  [522, processing, 'volume', true, noVolume],
  [523, processing, 'output', false, noOutput],
  [524, processing, 'output', true, noOutput],
  [471, training, 'volume', false, noVolume],
  [472, training, 'volume', true, noVolume],
  [473, training, 'output', true, noOutput],
  [474, training, 'traffic', false, noTraffic],
  [475, training, 'isolation', false, network],
  [476, tuning, 'volume', false, noVolume],
  [477, tuning, 'volume', true, noVolume],
  [478, tuning, 'output', false, noOutput],
  [479, tuning, 'output', true, noOutput],
  [480, tuning, 'traffic', false, noTraffic],
  [481, tuning, 'vpc', false, noVpc],
  [482, tuning, 'isolation', false, network],
];

describe.each(cases)('%i', (control, make, aspect, own, because) => {
  const ask = (one: Settings, answers = managed('CUSTOMER')) => judge(control, 'nightly', { ...make(one), ...answers });

  it('passes what is set, alone, and fails what is not', async () => {
    expect(await ask(all)).toBe('pass');
    expect(await ask({ [aspect]: all[aspect] })).toBe('pass');
    expect(await ask({ ...all, [aspect]: undefined })).toBe(because);
    if (aspect === 'volume' || aspect === 'output') expect(await ask({ ...all, [aspect]: '' })).toBe(because);
    if (aspect === 'vpc') expect(await ask({ ...all, vpc: { ...VPC, SecurityGroupIds: [] } })).toBe(because);
  });

  it('judges a job that has ended while its creation is news, and never again', async () => {
    const ended = { status: 'Failed', [aspect]: undefined };
    expect(await ask({ ...ended, created: minutesAgo(59) })).toBe(because);
    const over = 'skip: the job has ended (failed) and cannot be changed';
    expect(await ask({ ...ended, created: minutesAgo(61) })).toBe(over);
    expect(await ask({ status: 'InProgress', created: minutesAgo(6000), [aspect]: undefined })).toBe(because);
    expect(await ask({ status: 'Stopping', created: minutesAgo(6000), [aspect]: undefined })).toBe(because);
  });

  it('looks at whose key it is only where that is asked', async () => {
    if (aspect !== 'volume' && aspect !== 'output') return;
    const missing = { 'kms:DescribeKey': awsError('NotFoundException') };
    expect(await ask(all, managed('AWS'))).toBe(own ? `fail: its key ${KEY} is managed by AWS` : 'pass');
    expect(await ask(all, missing)).toBe(own ? `fail: its key ${KEY} does not exist (any more)` : 'pass');
    const alias = { ...all, [aspect]: 'alias/aws/s3' };
    expect(await ask(alias)).toBe(own ? 'fail: its key alias/aws/s3 is managed by AWS' : 'pass');
    expect(await ask({ volume: FOREIGN, output: FOREIGN }, {})).toBe('pass');
  });

  it('exempts machines whose hardware encrypts', async () => {
    if (aspect !== 'volume') return;
    const skipped = 'skip: the machines have no volumes that take a key: their own disks are encrypted by the hardware';
    for (const type of ['ml.g4dn.xlarge', 'ml.g5.xlarge', 'ml.p4d.24xlarge', 'ml.m5d.large', 'ml.trn1.2xlarge'])
      expect([type, await ask({ type })]).toEqual([type, skipped]);
    for (const type of ['ml.m5.large', 'ml.p3.2xlarge', 'ml.c6g.large', 'ml.inf2.xlarge', 'ml.t3.medium'])
      expect([type, await ask({ type })]).toEqual([type, because]);
  });

  it('gone, denied', async () => {
    const [read = ''] = Object.keys(make(all));
    const gone = 'skip: nightly does not exist (any more)';
    expect(await judge(control, 'nightly', { [read]: awsError('ResourceNotFound') })).toBe(gone);
    expect(await judge(control, 'nightly', { [read]: awsError('ValidationException') })).toBe(gone);
    expect(await judge(control, 'nightly', { [read]: awsError('AccessDeniedException') })).toBe(
      `unknown: ${read} was denied; allow ${read}`,
    );
  });
});

describe('jobs', () => {
  it('a training job of a tuning job is judged there', async () => {
    const parent = { TuningJobArn: 'arn:tuning' };
    for (const control of [471, 472, 473, 474, 475])
      expect(await judge(control, 'nightly', training({}, parent))).toBe(
        'skip: the job belongs to arn:tuning, which is judged in its place',
      );
  });

  it('one that runs without machines of its own has no volumes', async () => {
    expect(await judge(471, 'nightly', training({}, { ResourceConfig: undefined }))).toMatch(/^skip: the machines/);
  });

  it('groups of machines are exempted only together', async () => {
    const groups = (...types: string[]) => ({
      ResourceConfig: { InstanceGroups: types.map((InstanceType) => ({ InstanceType })) },
    });
    expect(await judge(471, 'nightly', training({}, groups('ml.g5.xlarge', 'ml.p4d.24xlarge')))).toMatch(/^skip/);
    expect(await judge(471, 'nightly', training({}, groups('ml.g5.xlarge', 'ml.m5.large')))).toBe(noVolume);
  });

  it('a processing job that writes to the feature store only has no output in S3', async () => {
    const answers = {
      'sagemaker:DescribeProcessingJob': {
        ...{ ProcessingJobStatus: 'InProgress', CreationTime: NOW },
        ProcessingOutputConfig: { Outputs: [{ FeatureStoreOutput: {} }] },
      },
    };
    for (const control of [523, 524])
      expect(await judge(control, 'nightly', answers)).toBe('skip: the job writes nothing to S3');
    expect(await judge(468, 'nightly', answers)).toBe(noTraffic);
    expect(await judge(469, 'nightly', answers)).toBe(noVpc);
  });

  it('every definition of a tuning job counts, wherever it names its machines', async () => {
    const flexible = {
      ...{ ...body(all), ResourceConfig: undefined, DefinitionName: 'trees' },
      HyperParameterTuningResourceConfig: { VolumeKmsKeyId: KEY, InstanceConfigs: [{ InstanceType: 'ml.m5.large' }] },
    };
    const several = (...TrainingJobDefinitions: object[]) =>
      tuning({}, { TrainingJobDefinition: undefined, TrainingJobDefinitions });
    expect(await judge(476, 'nightly', several(flexible, body(all)))).toBe('pass');
    expect(await judge(476, 'nightly', several(flexible, body({})))).toBe(
      'fail: in definition 2 no KMS key is named for the volumes',
    );
    const open = { ...flexible, EnableNetworkIsolation: false };
    expect(await judge(482, 'nightly', several(open, body(all)))).toBe('fail: in trees its containers have a network');
    const mixed = {
      'kms:DescribeKey': ({ KeyId }: { KeyId?: unknown }) => ({
        KeyMetadata: { KeyManager: KeyId === KEY ? 'CUSTOMER' : 'AWS' },
      }),
    };
    const other = body({ ...all, output: `${KEY}2` });
    expect(await judge(479, 'nightly', { ...several(flexible, other), ...mixed })).toBe(
      `fail: in definition 2 its key ${KEY}2 is managed by AWS`,
    );
  });

  it.each([
    [468, 'ListProcessingJobs', 'ProcessingJobSummaries', 'ProcessingJobName', 'processing-job'],
    [471, 'ListTrainingJobs', 'TrainingJobSummaries', 'TrainingJobName', 'training-job'],
    [
      476,
      'ListHyperParameterTuningJobs',
      'HyperParameterTuningJobSummaries',
      'HyperParameterTuningJobName',
      'hyper-parameter-tuning-job',
    ],
    [288, 'ListNotebookInstances', 'NotebookInstances', 'NotebookInstanceName', 'notebook-instance'],
    [334, 'ListEndpoints', 'Endpoints', 'EndpointName', 'endpoint'],
    [483, 'ListModels', 'Models', 'ModelName', 'model'],
  ])('%i lists every page, and of jobs only those that run', async (control, operation, list, name, kind) => {
    const { resource } = controlOf(control).detector;
    const isJob = kind.endsWith('-job');
    const session = sessionOn({
      [`sagemaker:${operation}`]: ({ NextToken, StatusEquals }) => {
        expect(StatusEquals).toBe(isJob ? 'InProgress' : undefined);
        return NextToken === undefined ? { [list]: [{ [name]: 'a' }], NextToken: '2' } : { [list]: [{ [name]: 'b' }] };
      },
      'sagemaker:ListTags': { Tags: [{ Key: 'team', Value: 'ml' }] },
    });
    expect(resource.list && (await session.value(resource.list, placeOf(control), []))).toEqual(['a', 'b']);
    expect(resource.tags && (await session.value(resource.tags, placeOf(control, 'a'), []))).toEqual({ team: 'ml' });
    expect(resource.arn({ partition: 'aws', account: ACCOUNT, region: 'eu-west-1', id: 'Nightly' })).toBe(
      `arn:aws:sagemaker:eu-west-1:${ACCOUNT}:${kind}/nightly`,
    );
  });
});

const notebook = (more: object): Answers => ({
  'sagemaker:DescribeNotebookInstance': { NotebookInstanceStatus: 'InService', KmsKeyId: KEY, ...more },
  ...managed('CUSTOMER'),
});

describe.each<[number, [string, object, string][]]>([
  [
    288,
    [
      ['a key of ours', {}, 'pass'],
      ['none', { KmsKeyId: undefined }, 'fail: no KMS key is named: the volume is under a key of AWS'],
      ['of AWS', { KmsKeyId: 'alias/aws/sagemaker' }, 'fail: its key alias/aws/sagemaker is managed by AWS'],
      ['of another account', { KmsKeyId: FOREIGN }, 'pass'],
    ],
  ],
  [
    520,
    [
      ['a key of ours', {}, 'pass'],
      ['none', { KmsKeyId: undefined }, 'fail: no KMS key is named: the volume is under a key of AWS'],
    ],
  ],
  [
    519,
    [
      ['any key', { KmsKeyId: 'alias/aws/sagemaker' }, 'pass'],
      ['none', { KmsKeyId: undefined }, 'fail: no KMS key is named for the volume'],
    ],
  ],
  [
    347,
    [
      ['off', { DirectInternetAccess: 'Disabled' }, 'pass'],
      ['on', { DirectInternetAccess: 'Enabled' }, 'fail: the notebook instance has a way of its own to the internet'],
      ['not named is on', {}, 'fail: the notebook instance has a way of its own to the internet'],
    ],
  ],
  [
    467,
    [
      ['off', { RootAccess: 'Disabled' }, 'pass'],
      ['on', { RootAccess: 'Enabled' }, 'fail: users of the notebook instance are root'],
      ['not named is on', { NotebookInstanceStatus: 'Stopped' }, 'fail: users of the notebook instance are root'],
    ],
  ],
])('%i', (control, rows) => {
  it.each(rows)('%s', async (_, more, expected) => {
    expect(await judge(control, 'lab', notebook(more))).toBe(expected);
  });

  it('leaving, failed, gone, denied', async () => {
    expect(await judge(control, 'lab', notebook({ NotebookInstanceStatus: 'Deleting' }))).toBe(
      'skip: the notebook instance is deleting',
    );
    expect(await judge(control, 'lab', notebook({ NotebookInstanceStatus: 'Failed' }))).toBe(
      'skip: the notebook instance is failed',
    );
    const read = 'sagemaker:DescribeNotebookInstance';
    expect(await judge(control, 'lab', { [read]: awsError('ValidationException') })).toBe(
      'skip: lab does not exist (any more)',
    );
    expect(await judge(control, 'lab', { [read]: awsError('AccessDeniedException') })).toBe(
      `unknown: ${read} was denied; allow ${read}`,
    );
  });
});

it.each<[string, object, object, string]>([
  ['a key', {}, { KmsKeyId: 'alias/aws/sagemaker' }, 'pass'],
  ['none', {}, {}, 'fail: its configuration web-1 names no KMS key'],
  [
    'serverless',
    {},
    { ProductionVariants: [{ ServerlessConfig: {} }] },
    'skip: the endpoint is serverless and takes no key',
  ],
  [
    'local disks only',
    {},
    { ProductionVariants: [{ InstanceType: 'ml.g5.xlarge' }] },
    'skip: the machines keep data on disks of their own, which the hardware encrypts',
  ],
  [
    'local disks among others',
    {},
    { ShadowProductionVariants: [{ InstanceType: 'ml.g5.xlarge' }] },
    'fail: its configuration web-1 names no KMS key',
  ],
  [
    'pools with local disks only',
    {},
    { ProductionVariants: [{ InstancePools: [{ InstanceType: 'ml.g5.xlarge' }] }] },
    'skip: the machines keep data on disks of their own, which the hardware encrypts',
  ],
  ['leaving', { EndpointStatus: 'Deleting' }, {}, 'skip: the endpoint is deleting'],
  ['no configuration', { EndpointConfigName: undefined }, {}, 'skip: the endpoint has no configuration'],
])('334: %s', async (_, more, config, expected) => {
  const answers = {
    'sagemaker:DescribeEndpoint': { EndpointStatus: 'InService', EndpointConfigName: 'web-1', ...more },
    'sagemaker:DescribeEndpointConfig': {
      EndpointConfigName: 'web-1',
      ProductionVariants: [{ InstanceType: 'ml.m5.large' }],
      ...config,
    },
  };
  expect(await judge(334, 'web', answers)).toBe(expected);
});

it.each<[string, object | Error, string]>([
  ['isolated', { EnableNetworkIsolation: true }, 'pass'],
  ['not isolated', { EnableNetworkIsolation: false }, 'fail: the containers of the model have a network'],
  ['not named', {}, 'fail: the containers of the model have a network'],
  ['gone', awsError('ValidationException'), 'skip: churn does not exist (any more)'],
])('483: %s', async (_, answer, expected) => {
  expect(await judge(483, 'churn', { 'sagemaker:DescribeModel': answer })).toBe(expected);
});
