import { expect, it } from 'vitest';
import { ACCOUNT, type Answers, planFor } from '../controls.ts';

const ARN = `arn:aws:backup:eu-west-1:${ACCOUNT}:backup-vault:daily`;
const rule = {
  ...{ RuleName: 'nightly', RuleId: 'r-1', TargetBackupVaultName: 'daily', ScheduleExpression: 'cron(0 3 * * ? *)' },
  Lifecycle: { DeleteAfterDays: 35 },
};
const elsewhere = {
  ...{ RuleName: 'weekly', RuleId: 'r-2', TargetBackupVaultName: 'weekly' },
  CopyActions: [{ DestinationBackupVaultArn: ARN }, { DestinationBackupVaultArn: 'arn:other' }],
};
const plans: Readonly<Record<string, object>> = {
  one: { BackupPlanName: 'all', Rules: [rule, elsewhere] },
  two: { BackupPlanName: 'other', Rules: [{ RuleName: 'x', RuleId: 'r-3', TargetBackupVaultName: 'weekly' }] },
};
const state = (vault: object = {}): Answers => ({
  'backup:DescribeBackupVault': { BackupVaultName: 'daily', NumberOfRecoveryPoints: 7, ...vault },
  'backup:ListBackupPlans': { BackupPlansList: [{ BackupPlanId: 'one' }, { BackupPlanId: 'two' }] },
  'backup:GetBackupPlan': ({ BackupPlanId }) => ({ BackupPlanId, BackupPlan: plans[String(BackupPlanId)] }),
});
const guideOf = async (id: string, answers: Answers) => {
  const plan = await planFor(380, id, answers, { parameters: { vaultKeyArn: 'arn:aws:kms:eu-west-1:1:key/k' } });
  expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [], undo: { class: 'none' } });
  return plan.guide;
};

it('380: moves each plan that writes to the vault, as a whole, and no other', async () => {
  const guide = await guideOf('daily', state());
  const cli = guide.flatMap((line) => line.cli ?? []);
  expect(cli.map((line) => line.split(' ')[2])).toEqual([
    'create-backup-vault',
    'update-backup-plan',
    'delete-backup-vault',
  ]);
  expect(cli[0]).toContain('key/k');
  for (const part of ['nightly', 'weekly', '35', 'cron(0 3', 'daily-cmk', 'arn:other', `${ARN}-cmk`])
    expect(cli[1]).toContain(part);
  expect(cli[1]).not.toContain('r-1');
  expect(guide[0]?.text).toContain('7 recovery points. Plans that write to it: all.');
});

it('380: says that a locked vault keeps what it has', async () => {
  expect((await guideOf('daily', state({ Locked: true })))[0]?.text).toContain('locked');
});

it('380: deletes no vault of AWS', async () => {
  for (const id of ['Default', 'aws/efs/automatic-backup-vault']) {
    const text = (await guideOf(id, state())).map((line) => `${line.text} ${line.cli ?? ''}`).join('\n');
    expect(text).toContain('comes again');
    expect(text).not.toContain('delete-backup-vault');
  }
});
