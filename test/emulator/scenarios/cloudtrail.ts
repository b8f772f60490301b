import {
  AddTagsCommand,
  CreateTrailCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  ListTagsCommand,
  PutEventSelectorsCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';
import { type Policy, parsePolicy, type Statement } from './policies.ts';

const LOGS = 'acme-trail-logs';
const TRAIL = `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/audit`;
const ORGANIZATION = 'o-acme123456';

const lambda = { Type: 'AWS::Lambda::Function', Values: ['arn:aws:lambda'] };
const everyObject = { Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] };
const ownLogs: Statement = {
  Sid: 'OwnLogs',
  Effect: 'Allow',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 's3:PutObject',
  Resource: `arn:aws:s3:::${LOGS}/audit/AWSLogs/${ACCOUNT}/*`,
  Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceArn': TRAIL } },
};
const policy: Policy = { Version: '2012-10-17', Id: 'trail', Statement: [ownLogs] };

/** A trail of one region, with everything about it that a careless update could lose. */
async function makeTrail({ cloudtrail, s3 }: Aws) {
  await s3.send(new CreateBucketCommand({ Bucket: LOGS }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: LOGS, Policy: JSON.stringify(policy) }));
  const common = { S3BucketName: LOGS, S3KeyPrefix: 'audit', IncludeGlobalServiceEvents: false };
  await cloudtrail.send(new CreateTrailCommand({ ...common, Name: 'neighbour' }));
  await cloudtrail.send(new CreateTrailCommand({ ...common, Name: 'audit', EnableLogFileValidation: true }));
  await cloudtrail.send(new AddTagsCommand({ ResourceId: TRAIL, TagsList: [{ Key: 'team', Value: 'security' }] }));
  await cloudtrail.send(
    new PutEventSelectorsCommand({
      TrailName: 'neighbour',
      EventSelectors: [{ ReadWriteType: 'WriteOnly', ExcludeManagementEventSources: ['kms.amazonaws.com'] }],
    }),
  );
}

const settings = async ({ cloudtrail }: Aws, Name: string) => {
  const { Trail = {} } = await cloudtrail.send(new GetTrailCommand({ Name }));
  return { ...Trail };
};

async function recorded({ cloudtrail }: Aws, TrailName: string) {
  const { EventSelectors = [], AdvancedEventSelectors = [] } = await cloudtrail.send(
    new GetEventSelectorsCommand({ TrailName }),
  );
  return { basic: EventSelectors, advanced: AdvancedEventSelectors };
}

async function trailState(aws: Aws) {
  const { ResourceTagList = [] } = await aws.cloudtrail.send(new ListTagsCommand({ ResourceIdList: [TRAIL] }));
  const { Policy } = await aws.s3.send(new GetBucketPolicyCommand({ Bucket: LOGS }));
  return {
    trail: await settings(aws, 'audit'),
    selectors: await recorded(aws, 'audit'),
    neighbour: [await settings(aws, 'neighbour'), await recorded(aws, 'neighbour')],
    tags: ResourceTagList[0]?.TagsList ?? [],
    policy: parsePolicy(Policy),
  };
}

const trailMade = (name: 'CreateTrail' | 'UpdateTrail') => ({
  id: TRAIL,
  event: event(`cloudtrail:${name}`, { name: 'audit' }, { responseElements: { name: 'audit', trailARN: TRAIL } }),
});
const selectorsPut = {
  id: TRAIL,
  event: event(
    'cloudtrail:PutEventSelectors',
    { trailName: 'audit', eventSelectors: [] },
    { responseElements: { trailARN: TRAIL, eventSelectors: [] } },
  ),
};

const advanced = (...sources: string[]) => [
  {
    Name: 'Management',
    FieldSelectors: [
      { Field: 'eventCategory', Equals: ['Management'] },
      { Field: 'eventSource', NotEquals: sources },
    ],
  },
  {
    Name: 'Objects of the archive',
    FieldSelectors: [
      { Field: 'eventCategory', Equals: ['Data'] },
      { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
      { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::archive/'] },
    ],
  },
];

export const cloudtrail = [
  scenario({
    control: 256,
    off: [264],
    arrange: async (aws) => {
      await makeTrail(aws);
      const parameters = { organizationId: ORGANIZATION, managementAccountId: ACCOUNT };
      return { ...trailMade('CreateTrail'), parameters };
    },
    state: async (aws) => {
      const { policy, ...state } = await trailState(aws);
      const statements = policy?.Statement ?? [];
      const others = statements.filter(({ Sid }) => Sid === ownLogs.Sid);
      const added = statements.filter(({ Sid }) => Sid !== ownLogs.Sid);
      return {
        ...state,
        policy: { ...policy, Statement: others },
        added: added.map(({ Principal, Action, Resource }) => ({ Principal, Action, Resource })),
      };
    },
    expected: (before) => ({
      ...before,
      trail: { ...before.trail, IsOrganizationTrail: true },
      added: [
        {
          Principal: { Service: 'cloudtrail.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `arn:aws:s3:::${LOGS}/audit/AWSLogs/${ORGANIZATION}/*`,
        },
      ],
    }),
  }),
  scenario({
    control: 264,
    off: [256],
    arrange: async (aws) => {
      await makeTrail(aws);
      return trailMade('UpdateTrail');
    },
    state: trailState,
    expected: (before) => ({ ...before, trail: { ...before.trail, IncludeGlobalServiceEvents: true } }),
  }),
  scenario({
    control: 272,
    variant: 'basic selectors',
    off: [355],
    arrange: async (aws) => {
      await makeTrail(aws);
      const EventSelectors = [
        {
          ReadWriteType: 'WriteOnly' as const,
          IncludeManagementEvents: true,
          DataResources: [lambda],
          ExcludeManagementEventSources: ['kms.amazonaws.com', 'rdsdata.amazonaws.com'],
        },
      ];
      await aws.cloudtrail.send(new PutEventSelectorsCommand({ TrailName: 'audit', EventSelectors }));
      return selectorsPut;
    },
    state: trailState,
    expected: (before) => ({
      ...before,
      selectors: {
        basic: [
          {
            ReadWriteType: 'WriteOnly' as const,
            IncludeManagementEvents: true,
            DataResources: [lambda],
            ExcludeManagementEventSources: ['rdsdata.amazonaws.com'],
          },
        ],
        advanced: [],
      },
    }),
  }),
  scenario({
    control: 272,
    variant: 'advanced selectors',
    arrange: async (aws) => {
      await makeTrail(aws);
      const AdvancedEventSelectors = advanced('kms.amazonaws.com', 'rdsdata.amazonaws.com');
      await aws.cloudtrail.send(new PutEventSelectorsCommand({ TrailName: 'audit', AdvancedEventSelectors }));
      return selectorsPut;
    },
    state: trailState,
    expected: (before) => ({
      ...before,
      selectors: { basic: [], advanced: advanced('rdsdata.amazonaws.com') },
    }),
  }),
  scenario({
    control: 355,
    off: [272],
    arrange: async (aws) => {
      await makeTrail(aws);
      const EventSelectors = [
        {
          ReadWriteType: 'All' as const,
          IncludeManagementEvents: true,
          DataResources: [lambda],
          ExcludeManagementEventSources: ['kms.amazonaws.com'],
        },
      ];
      await aws.cloudtrail.send(new PutEventSelectorsCommand({ TrailName: 'audit', EventSelectors }));
      return selectorsPut;
    },
    state: trailState,
    expected: (before) => ({
      ...before,
      selectors: {
        basic: [
          {
            ReadWriteType: 'All' as const,
            IncludeManagementEvents: true,
            DataResources: [lambda, everyObject],
            ExcludeManagementEventSources: ['kms.amazonaws.com'],
          },
        ],
        advanced: [],
      },
    }),
  }),
];
