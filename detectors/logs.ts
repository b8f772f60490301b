import {
  derive,
  detectors,
  fail,
  idsAs,
  lowerNextToken,
  missing,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
} from '../src/control.ts';

/** Events of encryption may name the group by its ARN. */
const groupName = idsAs(
  (id) => id.replace(/^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+).*$/, '$1'),
  'requestParameters.logGroupName',
  'requestParameters.resourceIdentifier',
);

/** Other groups may begin with the same name. */
const named = readPages(
  'logs',
  'DescribeLogGroups',
  ({ id }) => ({ logGroupNamePrefix: id }),
  (out, { id }) => (out.logGroups ?? []).filter(({ logGroupName }) => logGroupName === id),
  lowerNextToken,
);
const logGroup = derive({ named }, ({ named: [one] }) => one ?? missing);

/** How many days events are kept; nothing where they never expire. */
export const retention = derive({ logGroup }, ({ logGroup }) => logGroup.retentionInDays);

/** The KMS key of the group's own, or nothing. */
export const groupKey = derive({ logGroup }, ({ logGroup }) => logGroup.kmsKeyId || undefined);

export const SHORTEST = 7;

export const logGroups = detectors(
  resource('AWS::Logs::LogGroup', {
    service: 'logs',
    arn: ({ partition, region, account, id }) => `arn:${partition}:logs:${region}:${account}:log-group:${id}`,
    list: readPages(
      'logs',
      'DescribeLogGroups',
      () => ({}),
      (out) => (out.logGroups ?? []).flatMap(({ logGroupName }) => logGroupName ?? []),
      lowerNextToken,
    ),
    gone: ['ResourceNotFoundException'],
    tags: read(
      'logs',
      'ListTagsForResource',
      ({ arn }) => ({ resourceArn: arn }),
      (out) => tagsFrom(Object.entries(out.tags ?? {}).map(([Key, Value]) => ({ Key, Value }))),
    ),
  }),
  {
    313: {
      title: 'Log group keeps its events for a set time of seven days or more',
      criticality: 'LOW',
      on: {
        'logs:CreateLogGroup': groupName,
        'logs:PutRetentionPolicy': groupName,
        'logs:DeleteRetentionPolicy': groupName,
      },
      reads: { logGroup, retention },
      check: ({ logGroup, retention }) => {
        if (logGroup.logGroupClass === 'DELIVERY') return skip('AWS sets the retention of groups of class DELIVERY');
        if (retention === undefined) return fail('events never expire');
        return retention >= SHORTEST ? pass : fail(`events are kept for ${retention} days only`);
      },
      note: 'The heading wants seven days or more, the evaluation any retention: both are judged. The reason given is cost, so a group that keeps everything fails too, though it loses nothing.',
    },
    373: {
      title: 'Log group is encrypted with a KMS key',
      criticality: 'LOW',
      on: { 'logs:CreateLogGroup': groupName, 'logs:AssociateKmsKey': groupName, 'logs:DisassociateKmsKey': groupName },
      reads: { groupKey },
      check: ({ groupKey }) =>
        groupKey === undefined ? fail('no KMS key is associated; the key is one that CloudWatch Logs owns') : pass,
      note: 'Log groups are always encrypted; the control asks for a KMS key. Whether that key still works is for controls 120 and 517 to say.',
    },
  },
);
