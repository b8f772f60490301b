import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, REGION, sessionOn } from '../controls.ts';

describe('312: Container Insights', () => {
  const state = (value?: string, more: object = {}) => ({
    clusters: [{ status: 'ACTIVE', settings: value ? [{ name: 'containerInsights', value }] : [], ...more }],
  });
  const off = 'fail: Container Insights is off';
  it.each<[string, Answer, string]>([
    ['on', state('enabled'), 'pass'],
    ['enhanced', state('enhanced'), 'pass'],
    ['off', state('disabled'), off],
    ['not said', state(), off],
    ['being deleted', state('disabled', { status: 'DEPROVISIONING' }), 'skip: the cluster is DEPROVISIONING'],
    ['deleted', state('disabled', { status: 'INACTIVE' }), 'skip: the cluster is INACTIVE'],
    ['gone', { clusters: [], failures: [{ reason: 'MISSING' }] }, 'skip: web does not exist (any more)'],
    [
      'denied',
      awsError('AccessDeniedException'),
      'unknown: ecs:DescribeClusters was denied; allow ecs:DescribeClusters',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(312, 'web', { 'ecs:DescribeClusters': answer })).toBe(expected);
  });

  it('asks for the settings, and lists every page by name', async () => {
    const answers = {
      'ecs:DescribeClusters': ({ include }: Readonly<Record<string, unknown>>) =>
        Array.isArray(include) && include.includes('SETTINGS') ? state('enabled') : state(),
      'ecs:ListClusters': ({ nextToken }: Readonly<Record<string, unknown>>) =>
        nextToken
          ? { clusterArns: [`arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/b`] }
          : { clusterArns: [`arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/a`], nextToken: '2' },
    };
    expect(await judge(312, 'web', answers)).toBe('pass');
    const { list, arn } = controlOf(312).detector.resource;
    expect(list && (await sessionOn(answers).value(list, placeOf(312), []))).toEqual(['a', 'b']);
    expect(arn(placeOf(312, 'web'))).toBe(`arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/web`);
  });
});

const revision = (number: number, family = 'web') =>
  `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${family}:${number}`;
const ID = revision(9);
const CLUSTER = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/main`;
const service = (taskDefinition: string, more: object = {}) => ({
  status: 'ACTIVE',
  clusterArn: CLUSTER,
  serviceArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/main/web`,
  taskDefinition,
  ...more,
});
interface Around {
  readonly status?: string;
  readonly revisions?: readonly string[];
  readonly services?: readonly object[];
}
const around = (one: object, { status = 'ACTIVE', revisions = [ID], services = [] }: Around = {}) => ({
  'ecs:DescribeTaskDefinition': { taskDefinition: { taskDefinitionArn: ID, family: 'web', status, ...one } },
  'ecs:ListTaskDefinitions': { taskDefinitionArns: revisions },
  'ecs:ListClusters': { clusterArns: [CLUSTER] },
  'ecs:ListServices': { serviceArns: [`arn:aws:ecs:${REGION}:${ACCOUNT}:service/main/web`] },
  'ecs:DescribeServices': { services },
});
const logged = { name: 'app', logConfiguration: { logDriver: 'awslogs' } };
const silent = { name: 'sidecar' };
const outOfPlay = 'skip: a newer revision has taken its place, and no service runs this one';

describe('411: log drivers', () => {
  const bad = { containerDefinitions: [logged, silent] };
  const off = 'fail: sidecar writes no logs anywhere';
  it.each<[string, Record<string, Answer>, string]>([
    ['every container', around({ containerDefinitions: [logged] }), 'pass'],
    ['a sidecar without', around(bad), off],
    ['an empty driver', around({ containerDefinitions: [{ name: 'sidecar', logConfiguration: {} }] }), off],
    ['deregistered', around(bad, { status: 'INACTIVE' }), 'skip: the revision is INACTIVE'],
    ['an old revision that nobody runs', around(bad, { revisions: [ID, revision(10)] }), outOfPlay],
    [
      'an old revision that a service runs',
      around(bad, { revisions: [ID, revision(10)], services: [service(ID)] }),
      off,
    ],
    [
      'an old revision that a deleted service ran',
      around(bad, { revisions: [revision(10), ID], services: [service(ID, { status: 'INACTIVE' })] }),
      outOfPlay,
    ],
    ['the newest, beside a family that begins alike', around(bad, { revisions: [ID, revision(99, 'web-admin')] }), off],
    ['gone', { 'ecs:DescribeTaskDefinition': awsError('ClientException') }, `skip: ${ID} does not exist (any more)`],
    [
      'services that may not be read',
      { ...around(bad), 'ecs:ListServices': awsError('AccessDeniedException') },
      'unknown: ecs:ListServices was denied; allow ecs:ListServices',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(411, ID, answers)).toBe(expected);
  });
});

describe('466: EFS over TLS', () => {
  const efs = (transitEncryption?: string) => ({
    volumes: [
      { name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1', transitEncryption } },
      { name: 'scratch' },
    ],
  });
  const off = 'fail: the EFS volume data is mounted without TLS';
  it.each<[string, Record<string, Answer>, string]>([
    ['over TLS', around(efs('ENABLED')), 'pass'],
    ['in the clear', around(efs('DISABLED')), off],
    ['not said', around(efs()), off],
    ['other volumes only', around({ volumes: [{ name: 'scratch' }] }), 'skip: the task definition has no EFS volumes'],
    ['none', around({}), 'skip: the task definition has no EFS volumes'],
    ['being deleted', around(efs(), { status: 'DELETE_IN_PROGRESS' }), 'skip: the revision is DELETE_IN_PROGRESS'],
    ['an old revision', around(efs(), { revisions: [revision(10), ID] }), outOfPlay],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(466, ID, answers)).toBe(expected);
  });
});

it('looks for services in the cluster of their ARN, or in each, ten at a time', async () => {
  const asked: unknown[] = [];
  const many = Array.from({ length: 11 }, (_, index) => `arn:aws:ecs:${REGION}:${ACCOUNT}:service/a/s${index}`);
  const old = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/old`;
  await judge(411, ID, {
    ...around({ containerDefinitions: [] }),
    'ecs:ListClusters': { clusterArns: ['a', 'b'].map((name) => `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${name}`) },
    'ecs:ListServices': ({ cluster }) => ({ serviceArns: cluster === 'a' ? many : [old] }),
    'ecs:DescribeServices': (input) => {
      asked.push(input);
      return { services: [] };
    },
  });
  expect(asked).toEqual([
    { cluster: 'a', services: many.slice(0, 10) },
    { cluster: 'a', services: [...many.slice(10), old] },
    { cluster: 'b', services: [old] },
  ]);
});
