import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, awsError, callsOf, judge, planFor, plansFor } from '../controls.ts';

const KeyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const metadata = (more: object = {}) => ({
  'kms:DescribeKey': {
    KeyMetadata: { ...{ KeyId, KeyManager: 'CUSTOMER', KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT' }, ...more },
  },
});

describe('120 and 517', () => {
  it('120 cancels the deletion; undone, the longest waiting period starts', async () => {
    const plan = await planFor(120, KeyId, metadata({ KeyState: 'PendingDeletion' }));
    expect(callsOf(plan)).toEqual({
      steps: [['kms:CancelKeyDeletion', { KeyId }]],
      undo: [['kms:ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 30 }]],
    });
    expect(plan).toMatchObject({ mode: 'approve', after: 'Disabled', undo: { class: 'best-effort' } });
    expect(await judge(120, KeyId, metadata({ KeyState: 'Disabled' }))).toBe('pass');
  });

  it('517 enables the key; undone, it is disabled', async () => {
    const plan = await planFor(517, KeyId, metadata({ KeyState: 'Disabled' }));
    expect(callsOf(plan)).toEqual({ steps: [['kms:EnableKey', { KeyId }]], undo: [['kms:DisableKey', { KeyId }]] });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
    expect(await judge(517, KeyId, metadata())).toBe('pass');
  });
});

describe('124', () => {
  const store = (ConnectionState: string) => ({
    'kms:DescribeCustomKeyStores': { CustomKeyStores: [{ ConnectionState }] },
  });
  it('connects what is disconnected', async () => {
    const CustomKeyStoreId = 'cks-1';
    expect(callsOf(await planFor(124, CustomKeyStoreId, store('DISCONNECTED')))).toEqual({
      steps: [['kms:ConnectCustomKeyStore', { CustomKeyStoreId }]],
      undo: [['kms:DisconnectCustomKeyStore', { CustomKeyStoreId }]],
    });
  });

  it.each([
    ['FAILED', 'connecting failed before'],
    ['CONNECTING', 'wait until KMS has finished'],
  ])('leaves %s to a person', async (state, text) => {
    const plan = await planFor(124, 'cks-1', store(state));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(text);
  });
});

const root = { Sid: 'Root', Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' };
const role = { ...root, Sid: 'Role', Principal: { AWS: [ROLE] } };
const partner = { ...root, Sid: 'Partner', Principal: { AWS: '999988887777' }, Action: 'kms:Decrypt' };
const trail = {
  ...root,
  Sid: 'Trail',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 'kms:GenerateDataKey*',
  Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
};
const rootStatement = { ...root, Sid: 'Enable IAM User Permissions' };
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Id: 'kept', Statement });
const asAnswer = (document: object) => ({ ...metadata(), 'kms:GetKeyPolicy': { Policy: JSON.stringify(document) } });
const put = (document: object) => [
  'kms:PutKeyPolicy',
  { KeyId, PolicyName: 'default', Policy: JSON.stringify(document) },
];
const less = { insteadOfEverything: 'kms:Decrypt, kms:DescribeKey' };
const narrowed = { ...role, Action: ['kms:Decrypt', 'kms:DescribeKey'] };

async function changes(number: number, before: object, after: object, parameters: Record<string, string> = {}) {
  const plan = await planFor(number, KeyId, asAnswer(before), { parameters });
  expect(callsOf(plan)).toEqual({ steps: [put(after)], undo: [put(before)] });
  expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
  expect(await judge(number, KeyId, asAnswer(after))).toBe('pass');
}

describe('121', () => {
  it.each<[string, object[], object[]]>([
    ['adds the account', [partner, trail], [partner, trail, rootStatement]],
    ['narrows others', [root, partner, role, trail], [root, partner, narrowed, trail]],
    ['does both', [role, trail], [narrowed, trail, rootStatement]],
    [
      'takes a statement apart',
      [{ ...root, Principal: { AWS: [ROLE, ROOT] }, Action: ['kms:*', 'kms:Decrypt'] }, trail],
      [{ ...root, Principal: { AWS: [ROOT] }, Action: ['kms:*', 'kms:Decrypt'] }, { ...narrowed, Sid: 'Root2' }, trail],
    ],
    [
      'puts the account in the place of everyone',
      [{ ...root, Principal: '*' }, trail],
      [{ ...root, Principal: { AWS: [ROOT] } }, trail],
    ],
    [
      'leaves everyone with a condition as it is',
      [root, { ...role, Principal: '*', Condition: { StringEquals: { 'kms:CallerAccount': '999988887777' } } }, role],
      [
        root,
        { ...role, Principal: '*', Condition: { StringEquals: { 'kms:CallerAccount': '999988887777' } } },
        narrowed,
      ],
    ],
  ])('%s', async (_, before, after) => {
    await changes(121, policy(...before), policy(...after), less);
  });

  it('leaves everything but deletion, if nothing else is said', async () => {
    const plan = await planFor(121, KeyId, asAnswer(policy(root, role)));
    const text = JSON.stringify(plan.after);
    expect(text).toContain('"kms:Put*"');
    expect(text).not.toMatch(/ScheduleKeyDeletion|DeleteImportedKeyMaterial|kms:D\*|kms:Delete\*/);
  });

  it.each(['', 'kms:*', 'kms:Schedule*', 's3:GetObject', '*', 'kms:Decrypt,kms:S*'])(
    'asks for other actions than "%s"',
    async (insteadOfEverything) => {
      for (const number of [121, 122]) {
        const plan = await planFor(number, KeyId, asAnswer(policy(root, role)), {
          parameters: { insteadOfEverything },
        });
        expect(plan).toMatchObject({ mode: 'guided', steps: [] });
        expect(plan.guide[0]?.text).toContain('insteadOfEverything is');
      }
    },
  );
});

describe('122', () => {
  it.each<[string, object[], object[]]>([
    [
      'takes the action, and nothing else',
      [root, { ...role, Action: ['kms:Put*', 'kms:ScheduleKeyDeletion', 'kms:CancelKeyDeletion'] }, partner],
      [root, { ...role, Action: ['kms:Put*', 'kms:CancelKeyDeletion'] }, partner],
    ],
    [
      'takes a statement that says nothing else',
      [root, { ...role, Action: 'kms:ScheduleKeyDeletion' }, trail],
      [root, trail],
    ],
    [
      'leaves the account what others lose',
      [{ ...root, Principal: { AWS: [ROOT, ROLE] }, Action: ['kms:Put*', 'kms:ScheduleKeyDeletion'] }],
      [
        { ...root, Principal: { AWS: [ROOT] }, Action: ['kms:Put*', 'kms:ScheduleKeyDeletion'] },
        { ...role, Sid: 'Root2', Action: ['kms:Put*'] },
      ],
    ],
    ['narrows everything', [root, { ...role, Action: ['*', 'kms:ScheduleKeyDeletion'] }], [root, narrowed]],
  ])('%s', async (_, before, after) => {
    await changes(122, policy(...before), policy(...after), less);
  });
});

describe('123', () => {
  const administration = [
    ...['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:Update*', 'kms:Revoke*'],
    ...['kms:Disable*', 'kms:Get*', 'kms:Delete*', 'kms:TagResource', 'kms:UntagResource'],
  ];
  const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
  const both = { AWS: [ROLE, `${ROLE}2`] };
  const rest = { AWS: [`${ROLE}2`] };
  const admins = { ...role, Sid: 'Allow access for Key Administrators', Action: administration };
  const users = { ...role, Sid: 'Allow use of the key', Action: use };
  const granters = { ...role, Sid: 'Allow attachment of persistent resources', Action: ['kms:CreateGrant'] };

  it.each<[string, string, object[], object[]]>([
    [
      'administration',
      'administration',
      [root, { ...admins, Principal: both }, users, trail],
      [root, { ...admins, Principal: rest }, users, trail],
    ],
    [
      'use, and lending it',
      'use',
      [root, admins, { ...users, Principal: both }, { ...granters, Principal: both }],
      [root, admins, { ...users, Principal: rest }, { ...granters, Principal: rest }],
    ],
    ['use, with nobody left', 'use', [root, admins, users, granters, trail], [root, admins, trail]],
  ])('takes %s', async (_, overlapLoses, before, after) => {
    await changes(123, policy(...before), policy(...after), { overlapLoses });
  });

  it('takes no guess', async () => {
    const before = asAnswer(policy(root, admins, users));
    expect((await planFor(123, KeyId, before)).missing).toEqual(['overlapLoses']);
    const plan = await planFor(123, KeyId, before, { parameters: { overlapLoses: 'both' } });
    expect(plan.guide[0]?.text).toContain('set it to "administration" or "use"');
  });

  it('never takes the last administrator', async () => {
    const before = asAnswer(policy(admins, users));
    const plan = await planFor(123, KeyId, before, { parameters: { overlapLoses: 'administration' } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('nobody in the account could change the key policy afterwards');
  });
});

describe('294', () => {
  const everyone = { ...partner, Principal: { AWS: '*' } };
  it.each<[string, object[], object[], Record<string, string>]>([
    [
      'puts the account in the place of everyone',
      [root, everyone, trail],
      [root, { ...partner, Principal: { AWS: [ROOT] } }, trail],
      {},
    ],
    [
      'keeps conditions and those it names',
      [
        root,
        {
          ...everyone,
          Principal: { AWS: ['*', '999988887777'] },
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        },
      ],
      [
        root,
        {
          ...everyone,
          Principal: { AWS: ['999988887777', ROOT] },
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        },
      ],
      {},
    ],
    [
      'puts others there',
      [root, everyone],
      [root, { ...partner, Principal: { AWS: [ROLE, 'arn:aws:iam::1111'.concat('22223333:root')] } }],
      { principals: `${ROLE}, arn:aws:iam::111122223333:root` },
    ],
  ])('%s', async (_, before, after, parameters) => {
    await changes(294, policy(...before), policy(...after), parameters);
  });

  it.each(['*', '999988887777', 'arn:aws-cn:iam::111122223333:root'])(
    'asks for ARNs instead of %s',
    async (principals) => {
      const plan = await planFor(294, KeyId, asAnswer(policy(root, everyone)), { parameters: { principals } });
      expect(plan.guide[0]?.text).toContain('set it to ARNs');
    },
  );

  it('writes no policy that names a deleted identity: KMS would refuse it', async () => {
    const dead = { ...partner, Sid: 'Dead', Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } };
    const plan = await planFor(294, KeyId, asAnswer(policy(root, everyone, dead)));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('AROAEXAMPLEEXAMPLE123');
  });
});

it('several controls of one policy become one write, that all of them pass', async () => {
  const before = policy({ ...role, Principal: '*' }, role, trail);
  const [plan, ...more] = await plansFor([121, 122, 294], KeyId, asAnswer(before));
  expect(more).toEqual([]);
  expect(plan?.controls).toEqual([121, 122, 294]);
  const after = asAnswer(Object(plan?.after));
  for (const number of [121, 122, 294]) expect(await judge(number, KeyId, after)).toBe('pass');
});

describe('any key policy', () => {
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.oneof(
      fc.constantFrom('*', { AWS: ROOT }, { AWS: '*' }, { Service: 's3.amazonaws.com' }),
      fc.record({ AWS: fc.uniqueArray(fc.constantFrom('*', ROOT, ROLE, ACCOUNT, '999988887777'), { minLength: 1 }) }),
    ),
    Action: fc.oneof(
      fc.constantFrom('kms:*', '*', 'kms:Decrypt', 'kms:ScheduleKeyDeletion'),
      fc.uniqueArray(fc.constantFrom('kms:*', 'kms:Put*', 'kms:ScheduleKeyDeletion', 'kms:Decrypt'), { minLength: 1 }),
    ),
    Resource: fc.constant('*'),
    Condition: fc.constantFrom(undefined, { StringEquals: { 'kms:CallerAccount': ACCOUNT } }),
  });

  it('passes once fixed, still lets the account in, and loses no Deny', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 4 }), async (statements) => {
        const before = policy(...statements);
        const failing: number[] = [];
        for (const number of [121, 122, 294]) {
          if ((await judge(number, KeyId, asAnswer(before))) !== 'pass') failing.push(number);
        }
        for (const order of [failing, ...failing.map((one) => [one])]) {
          for (const plan of await plansFor(order, KeyId, asAnswer(before))) {
            if (plan.steps.length === 0) continue;
            const after = asAnswer(Object(plan.after));
            for (const number of plan.controls) expect(await judge(number, KeyId, after)).toBe('pass');
            const { Statement } = Object(plan.after);
            const denials = statements.filter(({ Effect }) => Effect === 'Deny');
            expect(
              JSON.parse(JSON.stringify(Statement)).filter(({ Effect }: { Effect: string }) => Effect === 'Deny'),
            ).toEqual(JSON.parse(JSON.stringify(denials)));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('runbooks', () => {
  const lists = {
    'kms:ListAliases': { Aliases: [{ AliasName: 'alias/orders' }] },
    'kms:ListGrants': { Grants: [{ GranteePrincipal: 'rds.amazonaws.com' }] },
    'kms:ListResourceTags': {
      Tags: [
        { TagKey: 'team', TagValue: 'shop' },
        { TagKey: 'aws:x', TagValue: 'y' },
      ],
    },
    'kms:GetKeyPolicy': { Policy: JSON.stringify(policy(root)) },
  };

  it('58 imports again and deletes nothing', async () => {
    const plan = await planFor(58, KeyId, { ...metadata({ Origin: 'EXTERNAL', MultiRegion: true }), ...lists });
    const text = JSON.stringify(plan.guide);
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    for (const part of [
      'alias/orders',
      `import-key-material --key-id ${KeyId}`,
      'KEY_MATERIAL_EXPIRES',
      'other regions',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('delete-imported-key-material');
  });

  it('174 makes a key like the old one, and deletes that last', async () => {
    const plan = await planFor(174, KeyId, { ...metadata({ Origin: 'AWS_KMS', Description: 'orders' }), ...lists });
    const commands = plan.guide.flatMap(({ cli }) => cli ?? []);
    expect(commands.map((line) => line.split(' ')[2])).toEqual([
      'create-key',
      'update-alias',
      'disable-key',
      'schedule-key-deletion',
    ]);
    expect(commands[0]).toContain('kept');
    expect(commands[0]).not.toContain('aws:x');
    expect(JSON.stringify(plan.guide)).toContain('rds.amazonaws.com');
  });

  it('174 is not made of half-read state', async () => {
    const plan = await planFor(174, KeyId, {
      ...metadata(),
      ...lists,
      'kms:ListGrants': awsError('AccessDeniedException'),
    });
    expect(plan.guide[0]?.text).toContain('kms:ListGrants');
  });
});
