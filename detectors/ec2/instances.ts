import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readPages,
  resource,
  skip,
} from '../../src/control.ts';
import { tags } from './tags.ts';

const instance = read(
  'ec2',
  'DescribeInstances',
  ({ id }) => ({ InstanceIds: [id] }),
  (out) => only(out.Reservations?.[0]?.Instances),
);

/** The metadata options of an instance, without the progress of a change under way. */
export const metadataOptions = derive({ instance }, ({ instance }) => {
  const { State: _, ...options } = instance.MetadataOptions ?? {};
  return options;
});

export const instances = detectors(
  resource('AWS::EC2::Instance', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:instance/${id}`,
    list: readPages(
      'ec2',
      'DescribeInstances',
      () => ({}),
      (out) =>
        (out.Reservations ?? []).flatMap(({ Instances }) =>
          (Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []),
        ),
      nextToken,
    ),
    gone: ['InvalidInstanceID.NotFound'],
    tags,
  }),
  {
    322: {
      title: 'Instance metadata needs a session token (IMDSv2)',
      criticality: 'MEDIUM',
      on: {
        'ec2:RunInstances': ids('responseElements.instancesSet.items[].instanceId'),
        'ec2:ModifyInstanceMetadataOptions': ids(
          'requestParameters.ModifyInstanceMetadataOptionsRequest.InstanceId',
          'requestParameters.instanceId',
        ),
      },
      reads: { instance, metadataOptions },
      check: ({ instance, metadataOptions }) => {
        const state = instance.State?.Name;
        if (state === 'terminated' || state === 'shutting-down') return skip(`the instance is ${state}`);
        if (metadataOptions.HttpEndpoint === 'disabled' || metadataOptions.HttpTokens === 'required') return pass;
        return fail('instance metadata answers requests without a session token (IMDSv1)');
      },
      note: "The document's command switches the whole metadata service off, and with it role credentials and the SSM agent. Redress requires tokens instead.",
    },
  },
);
