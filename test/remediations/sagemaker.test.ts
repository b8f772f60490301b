import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, callsOf, NOW, planFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ml`;
const tags = (...Tags: object[]): Answers => ({ 'sagemaker:ListTags': { Tags } });

const job = (control: number, more: object = {}): Answers => {
  const body = {
    RoleArn: ROLE,
    OutputDataConfig: { S3OutputPath: 's3://models/nightly' },
    ResourceConfig: { InstanceType: 'ml.m5.large' },
  };
  const common = { CreationTime: NOW, RoleArn: ROLE, ...more };
  return {
    'sagemaker:DescribeProcessingJob': {
      ...common,
      ProcessingJobStatus: 'InProgress',
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large' } },
      ProcessingOutputConfig: { Outputs: [{ S3Output: { S3Uri: 's3://models/nightly' } }] },
    },
    'sagemaker:DescribeTrainingJob': { ...common, ...body, TrainingJobStatus: 'InProgress' },
    'sagemaker:DescribeHyperParameterTuningJob': {
      ...common,
      HyperParameterTuningJobStatus: 'InProgress',
      TrainingJobDefinition: body,
    },
    ...tags({ Key: 'aws:cloudformation:stack-name', Value: `pipeline-${control}` }),
  };
};

describe.each<[number, string, string, string, string]>([
  [
    468,
    'CreateProcessingJob',
    'NetworkConfig.EnableInterContainerTrafficEncryption',
    'encrypt_inter_container_traffic',
    'UDP port 500',
  ],
  [469, 'CreateProcessingJob', 'NetworkConfig.VpcConfig', 'security_group_ids', 'gateway endpoint for S3'],
  [470, 'CreateProcessingJob', 'NetworkConfig.EnableNetworkIsolation', 'enable_network_isolation', 'requirements.txt'],
  [
    521,
    'CreateProcessingJob',
    'ProcessingResources.ClusterConfig.VolumeKmsKeyId',
    'volume_kms_key',
    'kms:GenerateDataKey',
  ],
  [522, 'CreateProcessingJob', 'ProcessingResources.ClusterConfig.VolumeKmsKeyId', 'volume_kms_key', 'describe-key'],
  [523, 'CreateProcessingJob', 'ProcessingOutputConfig.KmsKeyId', 'output_kms_key', 'kms:Decrypt'],
  [524, 'CreateProcessingJob', 'ProcessingOutputConfig.KmsKeyId', 'output_kms_key', 'kms:Decrypt'],
  [471, 'CreateTrainingJob', 'ResourceConfig.VolumeKmsKeyId', 'volume_kms_key', 'CreateGrant'],
  [472, 'CreateTrainingJob', 'ResourceConfig.VolumeKmsKeyId', 'volume_kms_key', 'CreateGrant'],
  [473, 'CreateTrainingJob', 'OutputDataConfig.KmsKeyId', 'output_kms_key', 'kms:Decrypt'],
  [474, 'CreateTrainingJob', 'EnableInterContainerTrafficEncryption', 'encrypt_inter_container_traffic', 'ESP'],
  [475, 'CreateTrainingJob', 'EnableNetworkIsolation', 'enable_network_isolation', 'boto3'],
  [476, 'CreateHyperParameterTuningJob', 'HyperParameterTuningResourceConfig', 'volume_kms_key', 'CreateGrant'],
  [477, 'CreateHyperParameterTuningJob', 'HyperParameterTuningResourceConfig', 'volume_kms_key', 'CreateGrant'],
  [478, 'CreateHyperParameterTuningJob', 'OutputDataConfig.KmsKeyId', 'output_kms_key', 'kms:Decrypt'],
  [479, 'CreateHyperParameterTuningJob', 'OutputDataConfig.KmsKeyId', 'output_kms_key', 'kms:Decrypt'],
  [
    480,
    'CreateHyperParameterTuningJob',
    'EnableInterContainerTrafficEncryption',
    'encrypt_inter_container_traffic',
    'hangs',
  ],
  [481, 'CreateHyperParameterTuningJob', 'VpcConfig', 'subnets', 'ec2:CreateNetworkInterface'],
  [482, 'CreateHyperParameterTuningJob', 'EnableNetworkIsolation', 'enable_network_isolation', 'pip install'],
])('%i', (control, make, member, python, before) => {
  it('finds the launcher and changes it, and leaves the job alone', async () => {
    const configured = { parameters: { sagemakerKeyArn: KEY } };
    const text = await runbookOf(control, 'nightly', job(control), configured);
    expectInOrder(
      text,
      ...['nightly is InProgress', ROLE, 'nightly --region eu-west-1', `pipeline-${control}`, 'lookup-events', make],
      ...[NOW.toISOString(), 'userAgent', 'Change the launcher', member, python, 'another output path'],
      ...['sagemaker stop-', '"Effect":"Deny"', `sagemaker:${make}`, 'Do not delete the record'],
    );
    expect(text).toContain(before);
    expect(text).not.toMatch(/aws sagemaker (create|delete)-/);
    expect(text.includes(KEY)).toBe(/kms/i.test(member + python));
    expect(text.includes('aws s3 cp s3://models/nightly')).toBe(python === 'output_kms_key');
  });
});

it.each([
  [{ MonitoringScheduleArn: 'arn:aws:sagemaker:eu-west-1:1:monitoring-schedule/drift' }, 'update-monitoring-schedule'],
  [{ AutoMLJobArn: 'arn:aws:sagemaker:eu-west-1:1:automl-job/auto' }, 'SecurityConfig'],
  [{ TrainingJobArn: 'arn:aws:sagemaker:eu-west-1:1:training-job/t' }, 'Debugger'],
])('a job that something else started names it', async (launcher, text) => {
  expect(await runbookOf(468, 'nightly', job(468, launcher))).toContain(text);
});

it('names a labeling job', async () => {
  const launcher = { LabelingJobArn: 'arn:aws:sagemaker:eu-west-1:1:labeling-job/cats' };
  expect(await runbookOf(474, 'nightly', job(474, launcher))).toContain('part of the labeling job');
});

const notebook = (more: object = {}): Answers => ({
  'sagemaker:DescribeNotebookInstance': {
    ...{ NotebookInstanceName: 'lab', NotebookInstanceStatus: 'InService', InstanceType: 'ml.t3.medium' },
    ...{ RoleArn: ROLE, VolumeSizeInGB: 20, NotebookInstanceLifecycleConfigName: 'setup', PlatformIdentifier: 'al2' },
    ...more,
  },
  ...tags({ Key: 'team', Value: 'ml' }, { Key: 'aws:x', Value: 'y' }),
});

describe('288, 347, 519, 520', () => {
  it.each([288, 347, 519, 520])('%i makes a twin, moves the work, and deletes last', async (control) => {
    const text = await runbookOf(control, 'lab', notebook(), { parameters: { notebookKeyArn: KEY } });
    expectInOrder(
      text,
      ...[
        'describe-notebook-instance',
        KEY,
        'create-notebook-instance',
        'lab-safe',
        'Disabled',
        'setup',
        'al2',
        'team',
      ],
      ...['aws s3 sync', 'pip freeze', 'stop-notebook-instance', 'agreed in writing', 'delete-notebook-instance'],
    );
    expect(text).not.toContain('aws:x');
  });

  it('stays in its subnet', async () => {
    const text = await runbookOf(347, 'lab', notebook({ SubnetId: 'subnet-7', SecurityGroups: ['sg-7'] }));
    expectInOrder(text, 'create-notebook-instance', 'subnet-7', 'sg-7');
  });
});

describe('467', () => {
  const update = (RootAccess: string) => [
    'sagemaker:UpdateNotebookInstance',
    { NotebookInstanceName: 'lab', RootAccess },
  ];
  const name = { NotebookInstanceName: 'lab' };

  it('stops, changes and starts what runs', async () => {
    const plan = await planFor(467, 'lab', notebook());
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan)).toEqual({
      steps: [['sagemaker:StopNotebookInstance', name], update('Disabled'), ['sagemaker:StartNotebookInstance', name]],
      undo: [],
    });
  });

  it('changes what is stopped, and leaves it so', async () => {
    const plan = await planFor(467, 'lab', notebook({ NotebookInstanceStatus: 'Stopped' }));
    expect(callsOf(plan)).toEqual({ steps: [update('Disabled')], undo: [update('Enabled')] });
  });

  it('waits for what is on its way', async () => {
    const plan = await planFor(467, 'lab', notebook({ NotebookInstanceStatus: 'Updating' }));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('is Updating');
  });
});

describe('334', () => {
  const config = {
    EndpointConfigName: 'web-1',
    ProductionVariants: [
      { VariantName: 'a', ModelName: 'churn', InstanceType: 'ml.m5.large', InitialInstanceCount: 2 },
    ],
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 5,
      DestinationS3Uri: 's3://c',
      CaptureOptions: [{ CaptureMode: 'Input' }],
    },
    VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
  };
  const around = (more: object = {}, changed: object = {}, twin?: object): Answers => ({
    'sagemaker:DescribeEndpoint': { EndpointStatus: 'InService', EndpointConfigName: 'web-1', ...more },
    'sagemaker:DescribeEndpointConfig': ({ EndpointConfigName }) => {
      const found = { ...config, EndpointConfigArn: 'arn:config', CreationTime: NOW, ...changed };
      if (EndpointConfigName === 'web-1') return found;
      return twin === undefined ? awsError('ValidationException') : { ...found, EndpointConfigName, ...twin };
    },
    ...tags({ Key: 'team', Value: 'ml' }),
  });
  const configured = { parameters: { endpointKeyArn: KEY } };
  const move = (EndpointConfigName: string, more: object = {}) => [
    'sagemaker:UpdateEndpoint',
    { EndpointName: 'web', EndpointConfigName, RetainAllVariantProperties: true, ...more },
  ];

  it('copies the whole configuration, adds the key, and goes back to the old one', async () => {
    const plan = await planFor(334, 'web', around(), configured);
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect(callsOf(plan)).toEqual({
      steps: [
        [
          'sagemaker:CreateEndpointConfig',
          { ...config, EndpointConfigName: 'web-1-encrypted', KmsKeyId: KEY, Tags: [{ Key: 'team', Value: 'ml' }] },
        ],
        move('web-1-encrypted'),
      ],
      undo: [move('web-1')],
    });
  });

  it('takes what an undo left behind, or another endpoint of the same configuration has made', async () => {
    const plan = await planFor(334, 'web', around({}, {}, { KmsKeyId: KEY }), configured);
    expect(callsOf(plan)).toEqual({ steps: [move('web-1-encrypted')], undo: [move('web-1')] });
  });

  it('does not say that there is no isolation: only some endpoints may say so', async () => {
    const [make] = callsOf(await planFor(334, 'web', around({}, { EnableNetworkIsolation: false }), configured)).steps;
    expect(make?.[1]).not.toHaveProperty('EnableNetworkIsolation');
    const isolated = around({}, { EnableNetworkIsolation: true });
    expect(callsOf(await planFor(334, 'web', isolated, configured)).steps[0]?.[1]).toHaveProperty(
      'EnableNetworkIsolation',
      true,
    );
  });

  it('keeps how the endpoint is deployed', async () => {
    const plan = await planFor(334, 'web', around({ LastDeploymentConfig: {} }), configured);
    expect(callsOf(plan).steps[1]).toEqual(move('web-1-encrypted', { RetainDeploymentConfig: true }));
  });

  it('asks for the key', async () => {
    expect((await planFor(334, 'web', around())).missing).toHaveLength(1);
  });

  const disks = { ShadowProductionVariants: [{ VariantName: 'b', InstanceType: 'ml.g5.xlarge' }] };
  it.each<[string, Answers, string, string]>([
    ['an endpoint on its way', around({ EndpointStatus: 'Updating' }), KEY, 'is Updating'],
    ['machines that take no key', around({}, disks), KEY, 'ml.g5.xlarge keep data on disks of their own'],
    ['a key in another region', around(), KEY.replace('eu-west-1', 'us-east-1'), 'a key in us-east-1'],
    ['a name that is taken', around({}, { EndpointConfigName: 'x-encrypted' }), KEY, 'by hand'],
    ['a twin without a key', around({}, {}, {}), KEY, 'web-1-encrypted is there already'],
    ['a twin that captures nothing', around({}, {}, { DataCaptureConfig: {}, KmsKeyId: KEY }), KEY, 'is there already'],
  ])('leaves %s to a person', async (_, answers, endpointKeyArn, because) => {
    const plan = await planFor(334, 'web', answers, { parameters: { endpointKeyArn } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});

describe('483', () => {
  const model = (more: Answers): Answers => ({
    'sagemaker:DescribeModel': {
      ...{ ModelName: 'churn', ModelArn: 'arn:model', CreationTime: NOW, ExecutionRoleArn: ROLE },
      ...{ EnableNetworkIsolation: false, PrimaryContainer: { Image: 'image:1', ModelDataUrl: 's3://models/churn' } },
      VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    },
    ...tags({ Key: 'team', Value: 'ml' }),
    ...more,
  });

  it('makes an isolated twin and moves the endpoints that use it', async () => {
    const text = await runbookOf(
      483,
      'churn',
      model({
        'sagemaker:ListEndpoints': {
          Endpoints: [{ EndpointName: 'web' }, { EndpointName: 'other' }, { EndpointName: 'gone' }],
        },
        'sagemaker:DescribeEndpoint': ({ EndpointName }) =>
          EndpointName === 'gone'
            ? awsError('ValidationException')
            : { EndpointName, EndpointConfigName: `${EndpointName}-1` },
        'sagemaker:DescribeEndpointConfig': ({ EndpointConfigName }) =>
          EndpointConfigName === 'web-1'
            ? { ProductionVariants: [{ ModelName: 'old' }], ShadowProductionVariants: [{ ModelName: 'churn' }] }
            : { ProductionVariants: [{ ModelName: 'old' }] },
      }),
    );
    expectInOrder(
      text,
      ...['work alone', 'create-model', 'image:1', 'subnet-1', 'churn-isolated', 'Endpoint web', 'web-1'],
      ...['update-endpoint', 'To go back', 'web-1', 'delete-model'],
    );
    expect(text).not.toContain('Endpoint other');
  });

  it('says where to look when no endpoint uses it', async () => {
    expect(await runbookOf(483, 'churn', model({ 'sagemaker:ListEndpoints': {} }))).toContain('No endpoint in service');
  });
});
