import { describe, expect, it } from 'vitest';
import { ACCOUNT, awsError, callsOf, judge, planFor } from '../controls.ts';

const repositoryName = 'shop/web';
const repository = (more: object = {}) => ({
  'ecr:DescribeRepositories': {
    repositories: [{ repositoryName, repositoryUri: `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/shop/web`, ...more }],
  },
});

describe('293', () => {
  const everyone = { Sid: 'All', Effect: 'Allow', Principal: '*', Action: ['ecr:BatchGetImage'] };
  const lambda = { ...everyone, Sid: 'Lambda', Principal: { Service: 'lambda.amazonaws.com' } };
  const policy = (...Statement: object[]) => ({ Version: '2008-10-17', Statement });
  const asAnswer = (document: object) => ({ 'ecr:GetRepositoryPolicy': { policyText: JSON.stringify(document) } });
  const set = (document: object) => [
    'ecr:SetRepositoryPolicy',
    { repositoryName, policyText: JSON.stringify(document) },
  ];

  it.each<[string, object[], object[], Record<string, string>]>([
    ['takes everyone out', [lambda, everyone], [lambda], {}],
    [
      'leaves those it names besides',
      [{ ...everyone, Principal: { AWS: ['*', '999988887777'] } }],
      [{ ...everyone, Principal: { AWS: ['999988887777'] } }],
      {},
    ],
    [
      'pins everyone to the account that the operator chose',
      [lambda, everyone],
      [lambda, { ...everyone, Condition: { StringEquals: { 'aws:PrincipalAccount': '999988887777' } } }],
      { callerAccountId: '999988887777' },
    ],
  ])('%s', async (_, before, after, parameters) => {
    const plan = await planFor(293, repositoryName, asAnswer(policy(...before)), { parameters });
    expect(callsOf(plan)).toEqual({ steps: [set(policy(...after))], undo: [set(policy(...before))] });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
    expect(await judge(293, repositoryName, asAnswer(policy(...after)))).toBe('pass');
  });

  it('removes a policy that says nothing else, and undo puts it back', async () => {
    expect(callsOf(await planFor(293, repositoryName, asAnswer(policy(everyone))))).toEqual({
      steps: [['ecr:DeleteRepositoryPolicy', { repositoryName }]],
      undo: [set(policy(everyone))],
    });
  });

  it('wants a proper account', async () => {
    const plan = await planFor(293, repositoryName, asAnswer(policy(everyone)), {
      parameters: { callerAccountId: 'me' },
    });
    expect(plan.guide[0]?.text).toContain('set it to twelve digits');
  });
});

describe('305', () => {
  const put = (imageTagMutability: string, ...filters: string[]) => [
    'ecr:PutImageTagMutability',
    {
      repositoryName,
      imageTagMutability,
      ...(filters.length > 0
        ? { imageTagMutabilityExclusionFilters: filters.map((filter) => ({ filterType: 'WILDCARD', filter })) }
        : {}),
    },
  ];
  const exceptFor = (filter: string) => ({
    imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter }],
  });
  it.each<[string, object, Record<string, string>, object, object]>([
    ['makes tags immutable', { imageTagMutability: 'MUTABLE' }, {}, put('IMMUTABLE'), put('MUTABLE')],
    [
      'but for some',
      {},
      { mutableTags: 'latest, dev-*' },
      put('IMMUTABLE_WITH_EXCLUSION', 'latest', 'dev-*'),
      put('MUTABLE'),
    ],
    ['and remembers exceptions', exceptFor('v*'), {}, put('IMMUTABLE'), put('MUTABLE_WITH_EXCLUSION', 'v*')],
  ])('%s', async (_, before, parameters, step, undo) => {
    const plan = await planFor(305, repositoryName, repository(before), { parameters });
    expect(callsOf(plan)).toEqual({ steps: [step], undo: [undo] });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
  });

  it.each(['*', 'a,b,c,d,e,f'])('excepts not %s', async (mutableTags) => {
    const plan = await planFor(305, repositoryName, repository(), { parameters: { mutableTags } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
  });
});

describe('358', () => {
  const answers = {
    ...repository({ imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } }),
    'ecr:GetRepositoryPolicy': { policyText: '{"Version":"2008-10-17","Statement":[{"Sid":"Partner"}]}' },
    'ecr:GetLifecyclePolicy': { lifecyclePolicyText: '{"rules":[]}' },
    'ecr:ListTagsForResource': {
      tags: [
        { Key: 'team', Value: 'shop' },
        { Key: 'aws:x', Value: 'y' },
      ],
    },
  };
  const commandsOf = async (more: object, parameters: Record<string, string> = {}) => {
    const plan = await planFor(358, repositoryName, { ...answers, ...more }, { parameters });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    return plan.guide.flatMap(({ cli }) => cli ?? []);
  };

  it('makes a repository like the old one, and deletes that last and without force', async () => {
    const commands = await commandsOf({}, { repositoryKeyArn: 'the-key' });
    expect(commands.map((line) => line.split(' ')[2])).toEqual([
      'create-repository',
      'set-repository-policy',
      'put-lifecycle-policy',
      'delete-repository',
    ]);
    for (const part of ['shop/web-kms', 'encryptionType=KMS,kmsKey=the-key', 'IMMUTABLE', 'scanOnPush=true', 'team'])
      expect(commands[0]).toContain(part);
    expect(commands[0]).not.toContain('aws:x');
    expect(commands[1]).toContain('Partner');
    expect(commands[3]).not.toContain('force');
  });

  it('leaves out what the old one does not have', async () => {
    const commands = await commandsOf({
      'ecr:GetRepositoryPolicy': awsError('RepositoryPolicyNotFoundException'),
      'ecr:GetLifecyclePolicy': awsError('LifecyclePolicyNotFoundException'),
    });
    expect(commands.map((line) => line.split(' ')[2])).toEqual(['create-repository', 'delete-repository']);
  });
});

describe('377', () => {
  const put = (scanOnPush: boolean) => [
    'ecr:PutImageScanningConfiguration',
    { repositoryName, imageScanningConfiguration: { scanOnPush } },
  ];
  it('sets the flag, by itself', async () => {
    const plan = await planFor(377, repositoryName, { ...repository(), 'ecr:GetRegistryScanningConfiguration': {} });
    expect(callsOf(plan)).toEqual({ steps: [put(true)], undo: [put(false)] });
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
  });

  it("leaves Inspector's rules to a person", async () => {
    const plan = await planFor(377, repositoryName, {
      ...repository(),
      'ecr:GetRegistryScanningConfiguration': { scanningConfiguration: { scanType: 'ENHANCED' } },
    });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('add a rule that covers this repository');
  });
});
