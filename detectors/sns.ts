import {
  deniesPlaintext,
  detectors,
  fail,
  ids,
  nextToken,
  openStatements,
  parsePolicy,
  pass,
  read,
  readPages,
  resource,
  tagsFrom,
} from '../src/control.ts';

export const topicPolicy = read(
  'sns',
  'GetTopicAttributes',
  ({ id }) => ({ TopicArn: id }),
  (out) => parsePolicy(out.Attributes?.Policy),
);

const topicArn = ids('requestParameters.topicArn');
const policyChanges = {
  'sns:CreateTopic': ids('responseElements.topicArn'),
  'sns:SetTopicAttributes': topicArn,
  'sns:AddPermission': topicArn,
  'sns:RemovePermission': topicArn,
};

export const PUBLISH = 'sns:Publish';

export const topics = detectors(
  resource('AWS::SNS::Topic', {
    service: 'sns',
    arn: ({ id }) => id,
    list: readPages(
      'sns',
      'ListTopics',
      () => ({}),
      (out) => (out.Topics ?? []).flatMap(({ TopicArn }) => TopicArn ?? []),
      nextToken,
    ),
    gone: ['NotFound'],
    tags: read(
      'sns',
      'ListTagsForResource',
      ({ id }) => ({ ResourceArn: id }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    182: {
      title: 'Topic lets nobody publish without naming them',
      criticality: 'LOW',
      on: policyChanges,
      reads: { topicPolicy },
      check: ({ topicPolicy }) => {
        const open = openStatements(topicPolicy, [PUBLISH]);
        if (open.length === 0) return pass;
        const names = open.map(({ Sid }) => Sid ?? 'without a Sid').join(', ');
        return fail(`everyone may publish to this topic (statement ${names})`);
      },
      note: "AWS's default topic policy names everyone and pins them to the owner's account: that passes. The document's own remedy does the same, and pasting it whole would delete the grants that alarms and S3 notifications need.",
    },
    436: {
      title: 'Topic refuses messages published without TLS',
      criticality: 'LOW',
      on: policyChanges,
      reads: { topicPolicy },
      check: ({ topicPolicy }, { arn }) =>
        deniesPlaintext(topicPolicy, { action: PUBLISH, resource: arn })
          ? pass
          : fail('no statement of the policy denies publishing without TLS to everyone'),
      note: "The document uses one Sid for this statement and for another control's, and calls a Deny an Allow; SNS wants Sids to be unique.",
    },
  },
);
