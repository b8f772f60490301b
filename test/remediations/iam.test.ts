import { describe, expect, it } from 'vitest';
import { isSettled } from '../../src/plan/planner.ts';
import { RSA_1024 } from '../certificates.ts';
import { type Answers, awsError, callsOf, controlOf, NOW, placeOf, planFor, plansFor, sessionOn } from '../controls.ts';

const none = awsError('NoSuchEntityException');

describe('password policy', () => {
  const before = {
    ...{ MinimumPasswordLength: 8, RequireSymbols: false, RequireNumbers: true, AllowUsersToChangePassword: true },
    ...{ RequireUppercaseCharacters: false, RequireLowercaseCharacters: false, HardExpiry: false },
    PasswordReusePrevention: 5,
  };
  const baseline = {
    ...{ MinimumPasswordLength: 14, RequireSymbols: true, RequireNumbers: true, RequireUppercaseCharacters: true },
    ...{ RequireLowercaseCharacters: true, AllowUsersToChangePassword: true, PasswordReusePrevention: 24 },
    HardExpiry: false,
  };
  const read = (PasswordPolicy: object) => ({ 'iam:GetAccountPasswordPolicy': { PasswordPolicy } });
  const update = (policy: object) => ['iam:UpdateAccountPasswordPolicy', policy];
  const remove = ['iam:DeleteAccountPasswordPolicy', {}];

  it.each([
    [6, baseline],
    [7, baseline],
    [8, baseline],
    [9, baseline],
    [10, baseline],
    [13, { ...baseline, MaxPasswordAge: 90 }],
  ])('%i writes a strong policy where there is none, and takes it away again', async (control, after) => {
    const plan = await planFor(control, undefined, { 'iam:GetAccountPasswordPolicy': none });
    expect(callsOf(plan)).toEqual({ steps: [update(after)], undo: [remove] });
  });

  it.each([
    [7, { RequireUppercaseCharacters: true }],
    [8, { RequireLowercaseCharacters: true }],
    [9, { RequireSymbols: true }],
    [13, { MaxPasswordAge: 90 }],
  ])('%i sends everything else as it was, without what AWS refuses', async (control, change) => {
    const answers = read({ ...before, ExpirePasswords: false, MaxPasswordAge: 0 });
    const plan = await planFor(control, undefined, answers);
    expect(callsOf(plan)).toEqual({ steps: [update({ ...before, ...change })], undo: [update(before)] });
  });

  it('10 requires digits', async () => {
    const plan = await planFor(10, undefined, read({ ...before, RequireNumbers: false }));
    expect(callsOf(plan).steps).toEqual([update({ ...before, RequireNumbers: true })]);
  });

  it('never sends a reuse prevention of zero', async () => {
    const [plan] = await plansFor([7], undefined, read({ ...before, PasswordReusePrevention: 0 }));
    expect(plan?.steps[0]?.input).not.toHaveProperty('PasswordReusePrevention');
  });

  it.each([true, false])('13 leaves HardExpiry %s as it is', async (HardExpiry) => {
    const plan = await planFor(13, undefined, read({ ...before, HardExpiry }));
    expect(plan.steps[0]?.input).toMatchObject({ HardExpiry, MaxPasswordAge: 90 });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
  });

  it('13 shortens to what the operator chose', async () => {
    const answers = read({ ...before, MaxPasswordAge: 365 });
    const plan = await planFor(13, undefined, answers, { parameters: { maxPasswordAgeDays: '60' } });
    expect(plan.steps[0]?.input).toMatchObject({ MaxPasswordAge: 60 });
  });

  it.each(['0', '91', '-1', '45.5', 'soon', ' '])(
    '13 asks for a proper number of days instead of "%s"',
    async (days) => {
      const plan = await planFor(13, undefined, read(before), { parameters: { maxPasswordAgeDays: days } });
      expect(plan).toMatchObject({ mode: 'guided', steps: [] });
      expect(plan.guide[0]?.text).toContain('set it to a number from 1 to 90');
    },
  );
});

describe('3', () => {
  it('deactivates the one key, naming its user, and never deletes', async () => {
    const key = { UserName: 'ann', AccessKeyId: 'AKIAONE', Status: 'Active', CreateDate: new Date(0) };
    const plan = await planFor(3, 'AKIAONE', {
      'iam:GetAccessKeyLastUsed': { UserName: 'ann', AccessKeyLastUsed: {} },
      'iam:ListAccessKeys': { AccessKeyMetadata: [{ ...key, AccessKeyId: 'AKIATWO' }, key] },
    });
    const set = (Status: string) => ['iam:UpdateAccessKey', { UserName: 'ann', AccessKeyId: 'AKIAONE', Status }];
    expect(callsOf(plan)).toEqual({ steps: [set('Inactive')], undo: [set('Active')] });
    expect(plan.mode).toBe('auto');
  });
});

describe('17', () => {
  const READ = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  const QUARANTINE = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2';
  const document = `{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::a b/$\{aws:username}"}]}`;
  const GroupName = 'ann-policies';
  const UserName = 'ann';
  const state = (more: Answers = {}): Answers => ({
    'iam:ListAttachedUserPolicies': { AttachedPolicies: [{ PolicyArn: QUARANTINE }, { PolicyArn: READ }] },
    'iam:ListUserPolicies': { PolicyNames: ['mine'] },
    'iam:GetUserPolicy': ({ PolicyName }) => ({ UserName, PolicyName, PolicyDocument: encodeURIComponent(document) }),
    'iam:ListGroupsForUser': { Groups: [{ GroupName: 'devs' }] },
    'iam:GetGroup': none,
    'iam:ListAttachedGroupPolicies': none,
    'iam:ListGroupPolicies': none,
    ...more,
  });

  it('moves everything into a group of the user, and only then takes it from the user', async () => {
    const plan = await planFor(17, 'ann', state());
    expect(callsOf(plan)).toEqual({
      steps: [
        ['iam:CreateGroup', { GroupName }],
        ['iam:AttachGroupPolicy', { GroupName, PolicyArn: READ }],
        ['iam:PutGroupPolicy', { GroupName, PolicyName: 'mine', PolicyDocument: document }],
        ['iam:AddUserToGroup', { UserName, GroupName }],
        ['iam:DetachUserPolicy', { UserName, PolicyArn: READ }],
        ['iam:DeleteUserPolicy', { UserName, PolicyName: 'mine' }],
      ],
      undo: [
        ['iam:PutUserPolicy', { UserName, PolicyName: 'mine', PolicyDocument: document }],
        ['iam:AttachUserPolicy', { UserName, PolicyArn: READ }],
        ['iam:RemoveUserFromGroup', { UserName, GroupName }],
        ['iam:DeleteGroupPolicy', { GroupName, PolicyName: 'mine' }],
        ['iam:DetachGroupPolicy', { GroupName, PolicyArn: READ }],
        ['iam:DeleteGroup', { GroupName }],
      ],
    });
    expect(plan.steps.map(({ repeat }) => repeat)).toEqual(['once', 'safe', 'safe', 'safe', 'safe', 'safe']);
    expect(plan.after).toMatchObject({
      attachedPolicies: [QUARANTINE],
      inlinePolicies: [],
      groups: [GroupName, 'devs'],
    });
  });

  it('waits until the group shows everything before it takes anything away', async () => {
    const inGroup = { 'iam:ListGroupsForUser': { Groups: [{ GroupName }] } };
    const attached = { 'iam:ListAttachedGroupPolicies': { AttachedPolicies: [{ PolicyArn: READ }] } };
    const inline = { 'iam:ListGroupPolicies': { PolicyNames: ['mine'] } };
    const settled = (...shown: Answers[]) =>
      isSettled(sessionOn(state(Object.assign({}, ...shown))), controlOf(17), 'join-group', placeOf(17, 'ann', NOW));
    expect(await settled()).toBe(false);
    expect(await settled(attached, inline)).toBe(false);
    expect(await settled(inGroup, inline)).toBe(false);
    expect(await settled(inGroup, attached)).toBe(false);
    expect(await settled(inGroup, attached, inline)).toBe(true);
    const { steps } = await planFor(17, 'ann', state());
    expect(steps.filter(({ provable }) => provable).map(({ name }) => name)).toEqual(['create-group', 'join-group']);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `arn:aws:iam::1:policy/p${index}`);
  const attach = (arns: readonly string[]) => ({ AttachedPolicies: arns.map((PolicyArn) => ({ PolicyArn })) });
  it.each<[string, Answers, string]>([
    ['the group exists', { 'iam:GetGroup': { Group: { GroupName } } }, 'a group ann-policies exists already'],
    [
      'the user is in ten groups',
      { 'iam:ListGroupsForUser': { Groups: many(10).map((name) => ({ GroupName: name })) } },
      'the user is in 10 groups already',
    ],
    [
      'a group cannot hold as many',
      { 'iam:ListAttachedUserPolicies': attach(many(11)) },
      '11 managed policies do not fit into one group',
    ],
    [
      'a group cannot hold as much',
      { 'iam:GetUserPolicy': { PolicyDocument: 'x'.repeat(5121) } },
      'the inline policies are too long for one group',
    ],
    [
      'somebody deletes a policy meanwhile',
      { 'iam:GetUserPolicy': none },
      'No plan could be made: ann does not exist (any more).',
    ],
  ])('needs a person where %s', async (_, more, because) => {
    const plan = await planFor(17, 'ann', state(more));
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [], undo: { class: 'none', steps: [] } });
    expect(plan.guide[0]?.text).toContain(because);
  });

  it.each<[string, Answers]>([
    ['ten policies and ten of AWS', { 'iam:ListAttachedUserPolicies': attach([...many(10), QUARANTINE]) }],
    ['blanks do not count', { 'iam:GetUserPolicy': { PolicyDocument: encodeURIComponent(`${' \n'.repeat(9000)}{}`) } }],
  ])('fits: %s', async (_, more) => {
    expect((await planFor(17, 'ann', state(more))).kind).toBe('steps');
  });
});

describe('399', () => {
  const membership = { UserName: 'ann', GroupName: 'readers' };
  it('joins the group that the operator chose, and leaves it again', async () => {
    const plan = await planFor(399, 'ann', { 'iam:ListGroupsForUser': {} }, { parameters: { groupName: 'readers' } });
    expect(callsOf(plan)).toEqual({
      steps: [['iam:AddUserToGroup', membership]],
      undo: [['iam:RemoveUserFromGroup', membership]],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
  });

  it('chooses no group by itself', async () => {
    expect((await planFor(399, 'ann', { 'iam:ListGroupsForUser': {} })).missing).toEqual(['groupName']);
  });
});

describe('400', () => {
  const answers = { 'iam:GetUser': { User: { UserName: 'ann' } }, 'iam:GetLoginProfile': { LoginProfile: {} } };
  it("deletes this user's password, once, and promises no undo", async () => {
    const plan = await planFor(400, 'ann', answers);
    expect(callsOf(plan)).toEqual({ steps: [['iam:DeleteLoginProfile', { UserName: 'ann' }]], undo: [] });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'none' }, after: { hasPassword: false } });
    expect(plan.steps[0]?.repeat).toBe('once');
  });

  it('leaves users alone who keep theirs', async () => {
    const plan = await planFor(400, 'ann', answers, { parameters: { consoleUsers: 'bob, ann' } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('ann is one of consoleUsers');
  });
});

describe('448', () => {
  it('asks for a certificate of the same names, and deletes the old one last', async () => {
    const plan = await planFor(448, 'old', {
      'iam:GetServerCertificate': {
        ServerCertificate: {
          CertificateBody: RSA_1024,
          ServerCertificateMetadata: { ServerCertificateId: 'ASCAOLD', Arn: 'arn:old' },
        },
      },
    });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    const commands = plan.guide.flatMap(({ cli }) => cli ?? []);
    expect(commands.map((line) => line.split(' ')[2])).toEqual(['request-certificate', 'delete-server-certificate']);
    expect(commands[0]).toContain('old.example.com');
    expect(commands[0]).toContain('www.old.example.com');
    expect(JSON.stringify(plan.guide)).toContain('ASCAOLD');
  });
});
