import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const ID = 'd-926722edaf';
const directory = (more: object = {}): Answers => ({
  'ds:DescribeDirectories': {
    DirectoryDescriptions: [{ DirectoryId: ID, Type: 'MicrosoftAD', Stage: 'Active', ...more }],
  },
  'ds:ListLogSubscriptions': { LogSubscriptions: [] },
});
const noRadius: [string, object, string][] = [
  ['Simple AD', { Type: 'SimpleAD' }, 'skip: Simple AD knows no RADIUS'],
  ['shared', { Type: 'SharedMicrosoftAD' }, 'skip: the directory is shared, and only its owner can set up RADIUS'],
  ['being made', { Stage: 'Creating' }, 'skip: the directory is creating'],
];

describe('179: a second factor', () => {
  it.each<[string, object, string]>([
    ['on', { RadiusStatus: 'Completed' }, 'pass'],
    ['on, in a connector', { Type: 'ADConnector', RadiusStatus: 'Completed' }, 'pass'],
    ['never set up', {}, 'fail: no second factor is asked for: RADIUS is not set up'],
    [
      'settings alone do not count',
      { RadiusSettings: { AuthenticationProtocol: 'MS-CHAPv2' } },
      'fail: no second factor is asked for: RADIUS is not set up',
    ],
    ['on its way', { RadiusStatus: 'Creating' }, 'skip: RADIUS is being set up'],
    ['failed', { RadiusStatus: 'Failed' }, 'fail: RADIUS is set up, but its servers do not answer'],
    ...noRadius,
  ])('%s', async (_, more, expected) => {
    expect(await judge(179, ID, directory(more))).toBe(expected);
  });
});

describe('181: the protocol', () => {
  const radius = (AuthenticationProtocol: string, RadiusStatus = 'Completed') => ({
    ...{ RadiusStatus, RadiusSettings: { AuthenticationProtocol } },
  });
  const matter = 'skip: RADIUS is not set up, which is the matter of 179';
  it.each<[string, object, string]>([
    ['right', radius('MS-CHAPv2'), 'pass'],
    ['right, though no server answers', radius('MS-CHAPv2', 'Failed'), 'pass'],
    ['spelled otherwise is none of the enum', radius('MS-CHAPV2'), 'fail: RADIUS uses MS-CHAPV2'],
    ['PAP', radius('PAP'), 'fail: RADIUS uses PAP'],
    ['no RADIUS', {}, matter],
    ['switched off, settings left', { RadiusSettings: { AuthenticationProtocol: 'PAP' } }, matter],
    ...noRadius,
  ])('%s', async (_, more, expected) => {
    expect(await judge(181, ID, directory(more))).toBe(expected);
  });
});

it.each<[string, object, string]>([
  ['a connector', { Type: 'ADConnector' }, 'pass'],
  ['a managed one', {}, 'fail: the directory is of type MicrosoftAD'],
  ['a simple one', { Type: 'SimpleAD', Stage: 'Creating' }, 'fail: the directory is of type SimpleAD'],
  ['a shared one', { Type: 'SharedMicrosoftAD' }, 'fail: the directory is of type SharedMicrosoftAD'],
  ['leaving', { Stage: 'Deleting' }, 'skip: the directory is deleting'],
])('224: %s', async (_, more, expected) => {
  expect(await judge(224, ID, directory(more))).toBe(expected);
});

it.each<[string, object, object[], string]>([
  ['forwarded', {}, [{ LogGroupName: '/aws/directoryservice/a' }], 'pass'],
  ['not forwarded', {}, [], 'fail: the security log of the domain controllers is not forwarded'],
  ['being made', { Stage: 'Creating' }, [], 'fail: the security log of the domain controllers is not forwarded'],
  ['a connector', { Type: 'ADConnector' }, [], 'skip: a directory of type ADConnector has no security log to forward'],
  [
    'shared',
    { Type: 'SharedMicrosoftAD' },
    [],
    'skip: a directory of type SharedMicrosoftAD has no security log to forward',
  ],
  ['failed', { Stage: 'Failed' }, [], 'skip: the directory is failed'],
])('450: %s', async (_, more, LogSubscriptions, expected) => {
  expect(await judge(450, ID, { ...directory(more), 'ds:ListLogSubscriptions': { LogSubscriptions } })).toBe(expected);
});

it.each([179, 181, 224, 450])('%i: gone, denied', async (control) => {
  const read = 'ds:DescribeDirectories';
  const gone = `skip: ${ID} does not exist (any more)`;
  expect(await judge(control, ID, { [read]: awsError('EntityDoesNotExistException') })).toBe(gone);
  expect(await judge(control, ID, { [read]: { DirectoryDescriptions: [] } })).toBe(gone);
  expect(await judge(control, ID, { [read]: awsError('AccessDeniedException') })).toBe(
    `unknown: ${read} was denied; allow ${read}`,
  );
});

it('lists every page, knows tags and ARNs', async () => {
  const { list, arn, tags } = controlOf(179).detector.resource;
  const session = sessionOn({
    'ds:DescribeDirectories': ({ NextToken }) =>
      NextToken === undefined
        ? { DirectoryDescriptions: [{ DirectoryId: 'a' }], NextToken: '2' }
        : { DirectoryDescriptions: [{ DirectoryId: 'b' }] },
    'ds:ListTagsForResource': { Tags: [{ Key: 'team', Value: 'corp' }] },
  });
  expect(list && (await session.value(list, placeOf(179), []))).toEqual(['a', 'b']);
  expect(tags && (await session.value(tags, placeOf(179, 'a'), []))).toEqual({ team: 'corp' });
  expect(arn({ partition: 'aws', account: ACCOUNT, region: 'eu-west-1', id: ID })).toBe(
    `arn:aws:ds:eu-west-1:${ACCOUNT}:directory/${ID}`,
  );
});

it('keeps the shared secret out of what was read', async () => {
  const RadiusSettings = { SharedSecret: 'hush', AuthenticationProtocol: 'PAP', RadiusServers: ['10.0.0.9'] };
  const { directory: one } = controlOf(181).detector.reads;
  const session = sessionOn(
    directory({ RadiusSettings, OwnerDirectoryDescription: { AccountId: '1', RadiusSettings } }),
  );
  const value = JSON.stringify(one && (await session.value(one, placeOf(181, ID), [])));
  expect(value).toContain('10.0.0.9');
  expect(value).not.toContain('hush');
});
