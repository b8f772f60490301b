import { describe, expect, it } from 'vitest';
import { type Answers, awsError, type Configured, callsOf, judge, planFor, plansFor } from '../controls.ts';

const SettingId = '/ssm/documents/console/public-sharing-permission';
const update = (SettingValue: string) => ['ssm:UpdateServiceSetting', { SettingId, SettingValue }];

it.each([
  ['Default', ['ssm:ResetServiceSetting', { SettingId }]],
  ['Customized', update('Enable')],
])('464: blocks public sharing, and goes back to what was %s', async (Status, undo) => {
  const answers = { 'ssm:GetServiceSetting': { ServiceSetting: { SettingValue: 'Enable', Status } } };
  const plan = await planFor(464, undefined, answers);
  expect(callsOf(plan)).toEqual({ steps: [update('Disable')], undo: [undo] });
  expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
});

describe('236', () => {
  it('is a runbook that never holds the value', async () => {
    const answers = { 'ssm:DescribeParameters': { Parameters: [{ Type: 'StringList', Tier: 'Advanced' }] } };
    const plan = await planFor(236, '/shop/key', answers);
    const text = plan.guide.map((line) => `${line.text} ${line.cli ?? ''}`).join('\n');
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    for (const part of ['--overwrite', '--tier Advanced', '--key-id alias/aws/ssm', '<value>', 'single text'])
      expect(text).toContain(part);
    expect(text).not.toContain('--tags ');
  });
});

describe('461, 462, 463', () => {
  const Name = 'SSM-SessionManagerRunShell';
  const inputs = { kmsKeyId: 'k', runAsEnabled: true, shellProfile: { linux: 'bash' }, idleSessionTimeout: '60' };
  const version = (own: object, DocumentVersion: string) => ({
    Content: JSON.stringify({ schemaVersion: '1.0', inputs: own }),
    DocumentVersion,
  });
  const state = (own: object, newer?: object, logGroups: object[] = []): Answers => ({
    'ssm:GetDocument': ({ DocumentVersion }) =>
      DocumentVersion === '$LATEST' && newer !== undefined ? version(newer, '4') : version(own, '3'),
    'logs:DescribeLogGroups': { logGroups },
  });
  const update = (own: object) => [
    'ssm:UpdateDocument',
    {
      ...{ Name, DocumentFormat: 'JSON', DocumentVersion: '$LATEST' },
      Content: JSON.stringify({ schemaVersion: '1.0', inputs: own }),
    },
  ];
  const NEW = 'ref:write-1/DocumentDescription.DocumentVersion';
  const makeDefault = (DocumentVersion: string) => ['ssm:UpdateDocumentDefaultVersion', { Name, DocumentVersion }];
  const back = [makeDefault('3'), ['ssm:DeleteDocument', { Name, DocumentVersion: NEW }]];
  const byPerson = async (number: number, answers: Answers, configured: Configured = {}) => {
    const plan = await planFor(number, undefined, answers, configured);
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    return plan.guide[0]?.text;
  };

  it('461: changes the timeout alone, makes that the default, and to undo takes the version away', async () => {
    const plan = await planFor(461, undefined, state(inputs));
    expect(callsOf(plan)).toEqual({
      steps: [update({ ...inputs, idleSessionTimeout: '15' }), makeDefault(NEW)],
      undo: back,
    });
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
  });

  it('461: makes preferences where there are none', async () => {
    const plan = await planFor(461, undefined, { 'ssm:GetDocument': awsError('InvalidDocument') });
    const [[operation, input] = [], ...more] = callsOf(plan).steps;
    expect([operation, more]).toEqual(['ssm:CreateDocument', []]);
    expect(input).toMatchObject({ Name, DocumentType: 'Session', DocumentFormat: 'JSON' });
    expect(callsOf(plan).undo).toEqual([['ssm:DeleteDocument', { Name }]]);
    const { Content } = Object.assign({ Content: '' }, input);
    expect(await judge(461, undefined, { 'ssm:GetDocument': { Content, DocumentVersion: '1' } })).toBe('pass');
  });

  it('461: makes a newer version the default that says just this', async () => {
    const plan = await planFor(461, undefined, state(inputs, { ...inputs, idleSessionTimeout: '15' }));
    expect(callsOf(plan)).toEqual({ steps: [makeDefault('4')], undo: [makeDefault('3')] });
  });

  it('461: leaves a newer version with other changes to a person', async () => {
    expect(await byPerson(461, state(inputs, { ...inputs, runAsEnabled: false }))).toContain('version 4');
  });

  const group = { logGroupName: '/sessions', kmsKeyId: 'arn:key' };
  const parameters = { sessionLogGroup: '/sessions', sessionLogBucket: 'logs', sessionLogPrefix: 'ssm' };
  const both = {
    ...{ cloudWatchLogGroupName: '/sessions', cloudWatchStreamingEnabled: true, cloudWatchEncryptionEnabled: true },
    ...{ s3BucketName: 'logs', s3KeyPrefix: 'ssm', s3EncryptionEnabled: true },
  };

  it('462: adds the destinations that the operator chose', async () => {
    const plan = await planFor(462, undefined, state(inputs, undefined, [group]), { parameters });
    expect(callsOf(plan)).toEqual({ steps: [update({ ...inputs, ...both }), makeDefault(NEW)], undo: back });
  });

  it('462: does not ask for encryption that the log group does not have', async () => {
    const answers = state(inputs, undefined, [{ logGroupName: '/sessions' }]);
    const plan = await planFor(462, undefined, answers, { parameters: { sessionLogGroup: '/sessions' } });
    expect(plan.after).toMatchObject({ content: { inputs: { cloudWatchEncryptionEnabled: false } } });
  });

  it('462: asks where to', async () => {
    expect(await byPerson(462, state(inputs))).toContain('set sessionLogGroup or sessionLogBucket');
    expect(await byPerson(462, state(inputs), { parameters })).toContain('no log group /sessions');
  });

  it('463: asks for encryption where the destinations have it', async () => {
    const plain = { ...inputs, ...both, cloudWatchEncryptionEnabled: false, s3EncryptionEnabled: false };
    const plan = await planFor(463, undefined, state(plain, undefined, [group]));
    expect(plan.after).toMatchObject({ content: { inputs: { ...inputs, ...both } } });
  });

  it.each<[string, object, string]>([
    ['nothing is logged', inputs, 'choose a destination first'],
    ['the log group has no key', { cloudWatchLogGroupName: '/sessions' }, 'every session would be refused'],
  ])('463: would lock everybody out where %s', async (_, own, because) => {
    expect(await byPerson(463, state(own, undefined, [{ logGroupName: '/sessions' }]))).toContain(because);
  });

  it('all three are one version', async () => {
    const [plan, ...more] = await plansFor([461, 462, 463], undefined, state(inputs, undefined, [group]), {
      parameters,
    });
    expect(more).toEqual([]);
    expect(plan && callsOf(plan).steps).toEqual([
      update({ ...inputs, idleSessionTimeout: '15', ...both }),
      makeDefault(NEW),
    ]);
  });
});
