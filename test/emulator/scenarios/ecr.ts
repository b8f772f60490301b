import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';
import { parsePolicy, type Statement } from './policies.ts';

const NAME = 'shop/web';
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

const lambdaPulls: Statement = {
  Sid: 'LambdaPulls',
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: PULL,
};
const partnerPulls: Statement = {
  Sid: 'PartnerPulls',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::999988887777:root' },
  Action: PULL,
};
const everyonePulls: Statement = { Sid: 'EveryonePulls', Effect: 'Allow', Principal: '*', Action: PULL };
const lifecycle = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 50 },
      action: { type: 'expire' },
    },
  ],
});

/** A repository with a policy, lifecycle rules and a tag. */
async function makeRepository({ ecr }: Aws, Statement: readonly Statement[] = [lambdaPulls, partnerPulls]) {
  const repositoryName = NAME;
  await ecr.send(new CreateRepositoryCommand({ repositoryName, tags: [{ Key: 'team', Value: 'shop' }] }));
  const policyText = JSON.stringify({ Version: '2008-10-17', Statement });
  await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
  await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: lifecycle }));
  return { policyText, created: event('ecr:CreateRepository', { repositoryName }, { by: terraform }) };
}

async function repositoryState({ ecr }: Aws, repositoryName: string) {
  const { repositories: [one] = [] } = await ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
  );
  const { policyText } = await ecr.send(new GetRepositoryPolicyCommand({ repositoryName }));
  const { lifecyclePolicyText = '' } = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
  const { tags } = await ecr.send(new ListTagsForResourceCommand({ resourceArn: one?.repositoryArn }));
  return {
    tagMutability: String(one?.imageTagMutability),
    scanOnPush: one?.imageScanningConfiguration?.scanOnPush,
    encryption: one?.encryptionConfiguration?.encryptionType,
    policy: parsePolicy(policyText)?.Statement,
    lifecycle: JSON.parse(lifecyclePolicyText),
    tags,
  };
}

export const ecr = [
  scenario({
    control: 293,
    arrange: async (aws) => {
      const { policyText } = await makeRepository(aws, [lambdaPulls, everyonePulls, partnerPulls]);
      return { id: NAME, event: event('ecr:SetRepositoryPolicy', { repositoryName: NAME, policyText, force: false }) };
    },
    state: repositoryState,
    expected: (before) => ({ ...before, policy: [lambdaPulls, partnerPulls] }),
  }),
  scenario({
    control: 305,
    arrange: async (aws) => ({ id: NAME, event: (await makeRepository(aws)).created }),
    state: repositoryState,
    expected: (before) => ({ ...before, tagMutability: 'IMMUTABLE' }),
  }),
  scenario({
    control: 358,
    kind: 'guide',
    arrange: async (aws) => ({ id: NAME, event: (await makeRepository(aws)).created }),
    state: repositoryState,
    expected: (before) => before,
  }),
  scenario({
    control: 377,
    arrange: async (aws) => ({ id: NAME, event: (await makeRepository(aws)).created }),
    state: repositoryState,
    expected: (before) => ({ ...before, scanOnPush: true }),
  }),
];
