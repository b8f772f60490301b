import { describe, expect, it } from 'vitest';
import { approverRefusal, type Groups, isApprover, isApproverOfAll } from '../../approvals/approvers.ts';
import { parseConfig } from '../../src/config.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { catalogue } from '../../src/redress.ts';
import type { FindingRecord } from '../../src/store/records.ts';
import type { Decision } from '../../src/workflow/settings.ts';
import { aFinding, aPlan } from '../store/contract.ts';

const configured = (yaml: string) => parseConfig(yaml, 'redress.yaml', catalogue);
const groups: Groups = { isMember: async (group, user) => group === 'S0SECOPS' && user === 'U0GROUP' };
const unreadable: Groups = { isMember: () => Promise.reject(new Error('ratelimited')) };

const finding = aFinding('f-1');
const plan = aPlan('p-1', { controls: [48], findings: ['f-1'] }).plan;

const APPROVERS = `
people:
  - { name: alice, slack: U0ALICE, aws: ["arn:aws:iam::*:user/alice", "arn:aws:sts::*:assumed-role/*/alice@example.com"] }
  - { name: bob, slack: U0BOB, aws: ["arn:aws:iam::*:user/bob"] }
approvers:
  - { users: [alice], controls: all }
  - { users: [U0BOB], controls: [48] }
  - { users: [low], controls: all, criticalities: [LOW] }
  - { users: [elsewhere], controls: all, accounts: ["999999999999"] }
  - { groups: [S0SECOPS], controls: all }
`;

interface Asked {
  readonly config?: string;
  readonly decision?: Decision;
  readonly finding?: FindingRecord;
  readonly plan?: Plan;
  readonly groups?: Groups;
  readonly others?: readonly FindingRecord[];
}

function ask(who: string, asked: Asked = {}) {
  const config = configured(asked.config ?? APPROVERS);
  const findingOf = async (id: string) => asked.others?.find((one) => one.id === id);
  const mayDecide = approverRefusal(config, asked.groups ?? groups, findingOf);
  return mayDecide(who, asked.decision ?? 'approve', asked.finding ?? finding, asked.plan ?? plan);
}

describe('who may decide', () => {
  it.each<[string, string, Asked, 'may' | RegExp]>([
    ['a name of the terminal', 'alice', {}, 'may'],
    ['their Slack id', 'U0ALICE', {}, 'may'],
    ['a Slack id that is named itself', 'U0BOB', {}, 'may'],
    ['the name of a Slack id that is named', 'bob', {}, 'may'],
    ['a member of a named group', 'U0GROUP', {}, 'may'],
    ['a stranger', 'U0MALLORY', {}, /U0MALLORY may not approve HIGH findings of control 48/],
    ['a name that only looks like a group', 'S0SECOPS', {}, /may not/],
    ['somebody for lesser things', 'low', {}, /may not approve HIGH findings/],
    ['somebody for another account', 'elsewhere', {}, /in 123456789012/],
    ['nobody at all, with nobody named', 'alice', { config: '{}' }, /may not/],
    [
      'one control of a merged plan is not enough',
      'bob',
      { plan: { ...plan, controls: [47, 48] } },
      /bob may not approve HIGH findings of control 47/,
    ],
    [
      'the criticality of the whole plan counts',
      'low',
      { finding: { ...finding, evaluation: { ...finding.evaluation, criticality: 'LOW' } } },
      /may not approve HIGH/,
    ],
    [
      'an exemption is about one finding of a merged plan',
      'bob',
      { decision: 'exempt', plan: { ...plan, controls: [47, 48] } },
      'may',
    ],
    ['a name settles it before groups are asked', 'alice', { groups: unreadable }, 'may'],
  ])('%s', async (_, who, asked, expected) => {
    const refusal = await ask(who, asked);
    if (expected === 'may') expect(refusal).toBeUndefined();
    else expect(refusal).toMatch(expected);
  });

  it('nobody of a group may while groups cannot be read', async () => {
    await expect(ask('U0GROUP', { groups: unreadable })).rejects.toThrow('ratelimited');
  });

  it('stopping is for any approver, going on for those of everything', async () => {
    const config = configured(APPROVERS);
    const may = async (who: string) => [
      await isApprover(config, groups, who),
      await isApproverOfAll(config, groups, who),
    ];
    expect(await may('alice')).toEqual([true, true]);
    expect(await may('U0GROUP')).toEqual([true, true]);
    expect(await may('U0BOB')).toEqual([true, false]);
    expect(await may('low')).toEqual([true, false]);
    expect(await may('U0MALLORY')).toEqual([false, false]);
  });
});

describe('four eyes', () => {
  const on = `fourEyes: true\n${APPROVERS}`;
  const by = (...causers: string[]): FindingRecord => ({ ...finding, causers });
  const alice = 'arn:aws:iam::123456789012:user/alice';
  const session = 'arn:aws:sts::123456789012:assumed-role/Admin/alice@example.com';
  const pipeline = 'arn:aws:sts::123456789012:assumed-role/Deploy/build-7';

  it.each<[string, string, Asked, 'may' | RegExp]>([
    ['off: whoever caused it may approve', 'alice', { finding: by(alice) }, 'may'],
    [
      'whoever caused it may not',
      'alice',
      { config: on, finding: by(alice) },
      /alice \(arn:aws:iam::\S+alice\) made a call/,
    ],
    ['nor from Slack', 'U0ALICE', { config: on, finding: by(alice) }, /somebody else has to approve/],
    ['nor when it was done in a role', 'alice', { config: on, finding: by(session) }, /somebody else has to approve/],
    ['nor after somebody else touched it too', 'alice', { config: on, finding: by(alice, pipeline) }, /somebody else/],
    ['somebody else may', 'bob', { config: on, finding: by(alice) }, 'may'],
    ['a pipeline keeps nobody from approving', 'alice', { config: on, finding: by(pipeline) }, 'may'],
    ['what a scan found, anybody may', 'alice', { config: on }, 'may'],
    [
      'somebody whose ARNs nobody knows may not',
      'U0GROUP',
      { config: on, finding: by(pipeline) },
      /nobody has said who U0GROUP is/,
    ],
    ['whoever caused it may deny', 'alice', { config: on, decision: 'deny', finding: by(alice) }, 'may'],
    [
      'the control says otherwise',
      'alice',
      { config: `controls: { "48": { fourEyes: false } }\n${on}`, finding: by(alice) },
      'may',
    ],
    [
      'another finding of the plan was caused by them',
      'alice',
      {
        config: on,
        plan: { ...plan, findings: ['f-1', 'f-2'] },
        others: [aFinding('f-2', { causers: [alice] })],
      },
      /somebody else has to approve/,
    ],
    [
      'switched on for one control of the plan',
      'alice',
      {
        config: `controls: { "47": { fourEyes: true } }\n${APPROVERS}`,
        plan: { ...plan, controls: [47, 48] },
        finding: by(alice),
      },
      /somebody else has to approve/,
    ],
  ])('%s', async (_, who, asked, expected) => {
    const refusal = await ask(who, asked);
    if (expected === 'may') expect(refusal).toBeUndefined();
    else expect(refusal).toMatch(expected);
  });
});
