import {
  CreateSecurityConfigurationCommand,
  DescribeClusterCommand,
  GetBlockPublicAccessConfigurationCommand,
  PutBlockPublicAccessConfigurationCommand,
  RunJobFlowCommand,
  type RunJobFlowCommandInput,
} from '@aws-sdk/client-emr';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

async function launch({ emr }: Aws, more: Partial<RunJobFlowCommandInput> = {}) {
  const { JobFlowId: id = '' } = await emr.send(
    new RunJobFlowCommand({
      ...{ Name: 'nightly', ReleaseLabel: 'emr-7.1.0', JobFlowRole: 'EMR_EC2', ServiceRole: 'EMR' },
      Instances: {
        ...{ MasterInstanceType: 'm5.xlarge', SlaveInstanceType: 'm5.xlarge', InstanceCount: 3 },
        ...{ KeepJobFlowAliveWhenNoSteps: true, TerminationProtected: false },
      },
      Tags: [{ Key: 'team', Value: 'data' }],
      ...more,
    }),
  );
  return {
    id,
    event: event('elasticmapreduce:RunJobFlow', {}, { responseElements: { jobFlowId: id }, by: terraform }),
  };
}

async function state({ emr }: Aws, id: string) {
  const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: id }));
  const { Name, ReleaseLabel, TerminationProtected, SecurityConfiguration, LogUri, Tags } = Cluster ?? {};
  return { Name, ReleaseLabel, TerminationProtected, SecurityConfiguration, LogUri, Tags };
}

const EMPTY = JSON.stringify({ EncryptionConfiguration: { EnableInTransitEncryption: false } });

const guided = (control: number, name?: string) =>
  scenario({
    control,
    kind: 'guide',
    arrange: async (aws) => {
      if (name === undefined) return launch(aws);
      const configuration = { Name: name, SecurityConfiguration: EMPTY };
      await aws.emr.send(new CreateSecurityConfigurationCommand(configuration));
      return launch(aws, { SecurityConfiguration: name });
    },
    state,
    expected: (before) => before,
  });

export const emr = [
  guided(234, 'sec'),
  guided(235, 'sec'),
  scenario({
    control: 237,
    arrange: (aws) => launch(aws),
    state,
    expected: (before) => ({ ...before, TerminationProtected: true }),
  }),
  scenario({
    control: 273,
    arrange: async ({ emr }) => {
      const BlockPublicAccessConfiguration = {
        BlockPublicSecurityGroupRules: true,
        PermittedPublicSecurityGroupRuleRanges: [{ MinRange: 22, MaxRange: 22 }],
      };
      await emr.send(new PutBlockPublicAccessConfigurationCommand({ BlockPublicAccessConfiguration }));
      return { id: ACCOUNT, event: event('elasticmapreduce:PutBlockPublicAccessConfiguration', {}) };
    },
    state: async ({ emr }) => {
      const { BlockPublicAccessConfiguration } = await emr.send(new GetBlockPublicAccessConfigurationCommand({}));
      return { ...BlockPublicAccessConfiguration };
    },
    expected: (before) => ({ ...before, PermittedPublicSecurityGroupRuleRanges: [] }),
  }),
  scenario({
    control: 342,
    kind: 'guide',
    arrange: (aws) => launch(aws, { KerberosAttributes: { Realm: '', KdcAdminPassword: 'Passw0rd-Passw0rd' } }),
    state,
    expected: (before) => before,
  }),
  guided(385, 'sec'),
  guided(505),
  guided(506),
];
