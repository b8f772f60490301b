import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const repository = (more: object = {}) => ({ repositories: [{ repositoryName: 'shop/web', ...more }] });
const gone = awsError('RepositoryNotFoundException');
const noRepository = 'skip: shop/web does not exist (any more)';

describe('293: no account unnamed', () => {
  const everyone = { Sid: 'All', Effect: 'Allow', Principal: '*', Action: ['ecr:BatchGetImage'] };
  const policy = (...Statement: object[]) => ({ policyText: JSON.stringify({ Version: '2008-10-17', Statement }) });
  const open = 'fail: every AWS account is let in by the repository policy (statement All)';
  it.each<[string, Answer, string]>([
    ['no policy', awsError('RepositoryPolicyNotFoundException'), 'pass'],
    ['everyone', policy(everyone), open],
    ['in a list', policy({ ...everyone, Principal: { AWS: ['*', ACCOUNT] } }), open],
    ['all but one', policy({ ...everyone, Principal: undefined, NotPrincipal: { AWS: ACCOUNT } }), open],
    [
      'of an organisation',
      policy({ ...everyone, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      'pass',
    ],
    [
      'not of an organisation',
      policy({ ...everyone, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      open,
    ],
    ['an account', policy({ ...everyone, Principal: { AWS: ACCOUNT } }), 'pass'],
    ['Lambda', policy({ ...everyone, Principal: { Service: 'lambda.amazonaws.com' } }), 'pass'],
    ['a Deny protects', policy({ ...everyone, Effect: 'Deny' }), 'pass'],
    [
      'taken back, in statements without resources',
      policy(everyone, { ...everyone, Effect: 'Deny', Action: 'ecr:*' }),
      'pass',
    ],
    ['gone', gone, noRepository],
    [
      'denied',
      awsError('AccessDeniedException'),
      'unknown: ecr:GetRepositoryPolicy was denied; allow ecr:GetRepositoryPolicy',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(293, 'shop/web', { 'ecr:GetRepositoryPolicy': answer })).toBe(expected);
  });
});

describe.each([
  [
    305,
    [
      ['immutable', repository({ imageTagMutability: 'IMMUTABLE' }), 'pass'],
      ['but for some', repository({ imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' }), 'pass'],
      ['mutable', repository({ imageTagMutability: 'MUTABLE' }), 'fail: tags can be moved to another image'],
      ['nothing said', repository(), 'fail: tags can be moved to another image'],
      [
        'mutable but for some',
        repository({
          imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
          imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'v*' }],
        }),
        'fail: all tags but v* can be moved',
      ],
    ],
  ],
  [
    358,
    [
      ['KMS', repository({ encryptionConfiguration: { encryptionType: 'KMS' } }), 'pass'],
      ['two layers', repository({ encryptionConfiguration: { encryptionType: 'KMS_DSSE' } }), 'pass'],
      [
        'S3',
        repository({ encryptionConfiguration: { encryptionType: 'AES256' } }),
        'fail: images are encrypted with keys of S3, not of KMS',
      ],
      ['nothing said', repository(), 'fail: images are encrypted with keys of S3, not of KMS'],
    ],
  ],
] as const)('%i', (number, rows) => {
  it.each<readonly [string, Answer, string]>([
    ...rows,
    ['gone', gone, noRepository],
    ['gone without an error', { repositories: [] }, noRepository],
    [
      'denied',
      awsError('AccessDeniedException'),
      'unknown: ecr:DescribeRepositories was denied; allow ecr:DescribeRepositories',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(number, 'shop/web', { 'ecr:DescribeRepositories': answer })).toBe(expected);
  });
});

describe('377: scans', () => {
  const flag = (scanOnPush: boolean) => repository({ imageScanningConfiguration: { scanOnPush } });
  const rules = (more: object) => ({ scanningConfigurations: [more] });
  const manual = rules({ scanOnPush: false, scanFrequency: 'MANUAL' });
  const type = (scanType: string) => ({ scanningConfiguration: { scanType } });
  it.each<[string, Answer, Answer, Answer, string]>([
    ['by the flag', flag(true), manual, type('BASIC'), 'pass'],
    ['by a rule', flag(false), rules({ scanOnPush: true }), type('BASIC'), 'pass'],
    ['by its frequency', flag(false), rules({ scanFrequency: 'SCAN_ON_PUSH' }), type('BASIC'), 'pass'],
    ['all the time', flag(false), rules({ scanFrequency: 'CONTINUOUS_SCAN' }), type('ENHANCED'), 'pass'],
    ['not', flag(false), manual, type('BASIC'), 'fail: images are not scanned when they are pushed'],
    [
      'nothing said',
      repository(),
      { scanningConfigurations: [] },
      {},
      'fail: images are not scanned when they are pushed',
    ],
    [
      'a flag that does not count',
      flag(true),
      manual,
      type('ENHANCED'),
      'fail: Amazon Inspector scans this registry, but no rule covers the repository',
    ],
    ['gone', gone, { scanningConfigurations: [] }, type('BASIC'), noRepository],
    [
      'denied',
      flag(true),
      awsError('AccessDeniedException'),
      type('BASIC'),
      'unknown: ecr:BatchGetRepositoryScanningConfiguration was denied; allow ecr:BatchGetRepositoryScanningConfiguration',
    ],
  ])('%s', async (_, describeRepositories, scanning, registry, expected) => {
    const answers: Answers = {
      'ecr:DescribeRepositories': describeRepositories,
      'ecr:BatchGetRepositoryScanningConfiguration': scanning,
      'ecr:GetRegistryScanningConfiguration': registry,
    };
    expect(await judge(377, 'shop/web', answers)).toBe(expected);
  });
});

describe('repositories', () => {
  const { resource, on } = controlOf(377).detector;
  const pages: Answers = {
    'ecr:DescribeRepositories': ({ nextToken }) =>
      nextToken === undefined
        ? { repositories: [{ repositoryName: 'a' }], nextToken: '2' }
        : { repositories: [{ repositoryName: 'b' }] },
  };

  it('are listed page by page, also when the rules of the registry change', async () => {
    expect(resource.list && (await sessionOn(pages).value(resource.list, placeOf(377), []))).toEqual(['a', 'b']);
    const ids = on['ecr:PutRegistryScanningConfiguration'];
    if (ids?.kind !== 'through') throw new Error('The registry leads to its repositories.');
    expect(await sessionOn(pages).value(ids.read, placeOf(377), [])).toEqual(['a', 'b']);
  });

  it('have ARNs and tags', async () => {
    expect(placeOf(377, 'shop/web').arn).toBe(`arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/shop/web`);
    const session = sessionOn({
      'ecr:ListTagsForResource': ({ resourceArn }) => ({ tags: [{ Key: 'of', Value: resourceArn }] }),
    });
    const at = placeOf(377, 'shop/web');
    expect(resource.tags && (await session.value(resource.tags, at, []))).toEqual({ of: at.arn });
  });
});
