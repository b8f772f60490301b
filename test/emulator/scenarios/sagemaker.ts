import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateHyperParameterTuningJobCommand,
  CreateModelCommand,
  CreateNotebookInstanceCommand,
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeModelCommand,
  DescribeNotebookInstanceCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  UpdateEndpointCommand,
  UpdateNotebookInstanceCommand,
} from '@aws-sdk/client-sagemaker';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

const RoleArn = `arn:aws:iam::${ACCOUNT}:role/service-role/ml`;
const NAME = 'nightly';

/** A control that ends in a runbook: nothing may change. */
const runbook = (
  control: number,
  call: `sagemaker:${string}`,
  parameter: string,
  make: (aws: Aws) => Promise<unknown>,
  look: (aws: Aws) => Promise<object>,
) =>
  scenario({
    control,
    kind: 'guide',
    arrange: async (aws) => {
      await make(aws);
      return { id: NAME, event: event(call, { [parameter]: NAME }, { by: terraform }) };
    },
    state: async (aws) => {
      const { $metadata: _, ...described }: { $metadata?: unknown } = await look(aws);
      return described;
    },
    expected: (before) => before,
  });

const processing = (control: number) =>
  runbook(
    control,
    'sagemaker:CreateProcessingJob',
    'processingJobName',
    ({ sagemaker }) =>
      sagemaker.send(
        new CreateProcessingJobCommand({
          ...{ ProcessingJobName: NAME, RoleArn, AppSpecification: { ImageUri: 'image:1' } },
          ProcessingResources: {
            ClusterConfig: { InstanceCount: 2, InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 },
          },
          ProcessingOutputConfig: {
            Outputs: [
              {
                OutputName: 'features',
                S3Output: { S3Uri: 's3://features/', LocalPath: '/opt/out', S3UploadMode: 'EndOfJob' },
              },
            ],
          },
        }),
      ),
    ({ sagemaker }) => sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: NAME })),
  );

const training = (control: number) =>
  runbook(
    control,
    'sagemaker:CreateTrainingJob',
    'trainingJobName',
    ({ sagemaker }) =>
      sagemaker.send(
        new CreateTrainingJobCommand({
          ...{ TrainingJobName: NAME, RoleArn, StoppingCondition: { MaxRuntimeInSeconds: 3600 } },
          AlgorithmSpecification: { TrainingImage: 'image:1', TrainingInputMode: 'File' },
          OutputDataConfig: { S3OutputPath: 's3://models/' },
          ResourceConfig: { InstanceCount: 2, InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 },
        }),
      ),
    ({ sagemaker }) => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: NAME })),
  );

const tuning = (control: number) =>
  runbook(
    control,
    'sagemaker:CreateHyperParameterTuningJob',
    'hyperParameterTuningJobName',
    ({ sagemaker }) =>
      sagemaker.send(
        new CreateHyperParameterTuningJobCommand({
          HyperParameterTuningJobName: NAME,
          HyperParameterTuningJobConfig: {
            Strategy: 'Bayesian',
            ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 2 },
          },
          TrainingJobDefinition: {
            ...{ RoleArn, StoppingCondition: { MaxRuntimeInSeconds: 3600 } },
            AlgorithmSpecification: { TrainingImage: 'image:1', TrainingInputMode: 'File' },
            OutputDataConfig: { S3OutputPath: 's3://models/' },
            ResourceConfig: { InstanceCount: 2, InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 },
          },
        }),
      ),
    ({ sagemaker }) =>
      sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: NAME })),
  );

const makeNotebook = ({ sagemaker }: Aws) =>
  sagemaker.send(
    new CreateNotebookInstanceCommand({ NotebookInstanceName: NAME, InstanceType: 'ml.t3.medium', RoleArn }),
  );
const lookAtNotebook = ({ sagemaker }: Aws) =>
  sagemaker.send(new DescribeNotebookInstanceCommand({ NotebookInstanceName: NAME }));
const notebook = (control: number) =>
  runbook(control, 'sagemaker:CreateNotebookInstance', 'notebookInstanceName', makeNotebook, lookAtNotebook);

const makeModel = ({ sagemaker }: Aws) =>
  sagemaker.send(
    new CreateModelCommand({ ModelName: NAME, ExecutionRoleArn: RoleArn, PrimaryContainer: { Image: 'image:1' } }),
  );

export const sagemaker = [
  ...[288, 347, 519, 520].map(notebook),
  ...[468, 469, 470, 521, 522, 523, 524].map(processing),
  ...[471, 472, 473, 474, 475].map(training),
  ...[476, 477, 478, 479, 480, 481, 482].map(tuning),
  runbook(483, 'sagemaker:CreateModel', 'modelName', makeModel, ({ sagemaker }) =>
    sagemaker.send(new DescribeModelCommand({ ModelName: NAME })),
  ),
  scenario({
    control: 467,
    lacks: {
      operation: 'sagemaker:UpdateNotebookInstance',
      ask: ({ sagemaker }) => sagemaker.send(new UpdateNotebookInstanceCommand({ NotebookInstanceName: NAME })),
    },
    arrange: async (aws) => {
      await makeNotebook(aws);
      return { id: NAME, event: event('sagemaker:CreateNotebookInstance', { notebookInstanceName: NAME }) };
    },
    state: lookAtNotebook,
    expected: (before) => ({ ...before, RootAccess: 'Disabled' as const }),
  }),
  scenario({
    control: 334,
    lacks: {
      operation: 'sagemaker:UpdateEndpoint',
      ask: ({ sagemaker }) =>
        sagemaker.send(new UpdateEndpointCommand({ EndpointName: NAME, EndpointConfigName: 'other' })),
    },
    arrange: async (aws) => {
      await makeModel(aws);
      const ProductionVariants = [
        { VariantName: 'a', ModelName: NAME, InstanceType: 'ml.m5.large' as const, InitialInstanceCount: 1 },
      ];
      await aws.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: NAME, ProductionVariants }));
      await aws.sagemaker.send(new CreateEndpointCommand({ EndpointName: NAME, EndpointConfigName: NAME }));
      return { id: NAME, event: event('sagemaker:CreateEndpoint', { endpointName: NAME }) };
    },
    state: async () => ({}),
    expected: (before) => before,
  }),
];
