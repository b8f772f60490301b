import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateDocumentCommand,
  DescribeParametersCommand,
  GetDocumentCommand,
  GetServiceSettingCommand,
  PutParameterCommand,
  UpdateServiceSettingCommand,
} from '@aws-sdk/client-ssm';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const SettingId = '/ssm/documents/console/public-sharing-permission';

const Name = 'SSM-SessionManagerRunShell';
const LOG_GROUP = '/sessions';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/sessions`;

/** What the operator has set besides, and wants to keep. */
const own = { kmsKeyId: 'alias/sessions', runAsEnabled: true, runAsDefaultUser: 'operator', maxSessionDuration: '60' };
const logged = {
  ...{ cloudWatchLogGroupName: LOG_GROUP, cloudWatchStreamingEnabled: true },
  ...{ s3BucketName: 'session-logs', s3KeyPrefix: 'ssm' },
};
const encrypted = { cloudWatchEncryptionEnabled: true, s3EncryptionEnabled: true };

/** Preferences that somebody has just saved. */
async function savePreferences({ ssm, logs }: Aws, inputs: object) {
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP, kmsKeyId: KEY }));
  const Content = JSON.stringify({ schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs });
  await ssm.send(new CreateDocumentCommand({ Name, Content, DocumentType: 'Session', DocumentFormat: 'JSON' }));
  return { id: ACCOUNT, event: event('ssm:CreateDocument', { name: Name, documentType: 'Session' }) };
}

/** The inputs of the default version and of the newest. */
async function preferencesState({ ssm }: Aws) {
  const inputsIn = async (which: { DocumentVersion?: string }) => {
    const { Content = '{}' } = await ssm.send(new GetDocumentCommand({ Name, ...which }));
    return JSON.parse(Content).inputs;
  };
  return { now: await inputsIn({}), newest: await inputsIn({ DocumentVersion: '$LATEST' }) };
}

const withInputs = (inputs: object) => () => ({ now: inputs, newest: inputs });

export const ssm = [
  scenario({
    control: 236,
    kind: 'guide',
    arrange: async ({ ssm }) => {
      await ssm.send(new PutParameterCommand({ Name: '/shop/key', Value: 'open', Type: 'String' }));
      return { id: '/shop/key', event: event('ssm:PutParameter', { name: '/shop/key', type: 'String' }) };
    },
    state: async ({ ssm }: Aws) => {
      const { Parameters = [] } = await ssm.send(new DescribeParametersCommand({}));
      return Parameters.map((one) => `${one.Name} ${one.Type} ${one.Version}`);
    },
    expected: (before) => before,
  }),
  scenario({
    control: 461,
    arrange: (aws) => savePreferences(aws, { ...own, ...logged, ...encrypted, idleSessionTimeout: '60' }),
    state: preferencesState,
    expected: withInputs({ ...own, ...logged, ...encrypted, idleSessionTimeout: '15' }),
  }),
  scenario({
    control: 462,
    also: [463],
    arrange: async (aws) => ({
      ...(await savePreferences(aws, { ...own, idleSessionTimeout: '15' })),
      parameters: { sessionLogGroup: LOG_GROUP, sessionLogBucket: 'session-logs', sessionLogPrefix: 'ssm' },
    }),
    state: preferencesState,
    expected: withInputs({ ...own, idleSessionTimeout: '15', ...logged, ...encrypted }),
  }),
  scenario({
    control: 463,
    arrange: (aws) =>
      savePreferences(aws, { ...own, ...logged, cloudWatchEncryptionEnabled: false, idleSessionTimeout: '15' }),
    state: preferencesState,
    expected: withInputs({ ...own, ...logged, ...encrypted, idleSessionTimeout: '15' }),
  }),
  scenario({
    control: 464,
    lacks: {
      operation: 'ssm:GetServiceSetting',
      ask: ({ ssm }) => ssm.send(new GetServiceSettingCommand({ SettingId })),
    },
    arrange: async ({ ssm }) => {
      const { ServiceSetting } = await ssm.send(new GetServiceSettingCommand({ SettingId }));
      if (ServiceSetting?.SettingValue !== 'Enable') {
        await ssm.send(new UpdateServiceSettingCommand({ SettingId, SettingValue: 'Enable' }));
      }
      const parameters = { settingId: SettingId, settingValue: 'Enable' };
      return { id: ACCOUNT, event: event('ssm:UpdateServiceSetting', parameters) };
    },
    state: async ({ ssm }: Aws) => {
      const { ServiceSetting } = await ssm.send(new GetServiceSettingCommand({ SettingId }));
      return { value: ServiceSetting?.SettingValue };
    },
    expected: () => ({ value: 'Disable' }),
  }),
];
