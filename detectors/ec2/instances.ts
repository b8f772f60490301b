import type { Instance, Reservation } from '@aws-sdk/client-ec2';
import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
} from '../../src/control.ts';
import { tags } from './tags.ts';

export const instance = read(
  'ec2',
  'DescribeInstances',
  ({ id }) => ({ InstanceIds: [id] }),
  (out) => only(out.Reservations?.[0]?.Instances),
);

/** The ids of instances in an answer of DescribeInstances. */
export const idsOf = (reservations: readonly Reservation[] | undefined): string[] =>
  (reservations ?? []).flatMap(({ Instances }) => (Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []));

/** Every instance of the region, by id. */
export const everyInstance = readPages(
  'ec2',
  'DescribeInstances',
  () => ({}),
  (out) => idsOf(out.Reservations),
  nextToken,
);

/** The metadata options of an instance, without the progress of a change under way. */
export const metadataOptions = derive({ instance }, ({ instance }) => {
  const { State: _, ...options } = instance.MetadataOptions ?? {};
  return options;
});

/** What the type of an instance can do: EBS optimisation always (`default`), on request, or not at all. */
export const instanceType = read(
  'ec2',
  'DescribeInstanceTypes',
  ({ instance }) => ({ Filters: [{ Name: 'instance-type', Values: [instance.InstanceType ?? ''] }] }),
  (out) => ({
    ebsOptimized: out.InstanceTypes?.[0]?.EbsInfo?.EbsOptimizedSupport,
    hasInstanceStore: out.InstanceTypes?.[0]?.InstanceStorageSupported === true,
  }),
  { needs: { instance } },
);

/** The name of the instance profile, without its path. */
export const profileName = ({ IamInstanceProfile }: Instance): string | undefined =>
  IamInstanceProfile?.Arn?.split('/').at(-1);

/** How many roles the profile of an instance holds; none when the profile was deleted under it. */
const rolesOfProfile = readEach(
  'iam',
  'GetInstanceProfile',
  ({ instance }) => {
    const name = profileName(instance);
    return name === undefined ? [] : [{ InstanceProfileName: name }];
  },
  (out) => (out.InstanceProfile?.Roles ?? []).length,
  { needs: { instance }, absent: ['NoSuchEntity', 'NoSuchEntityException'] },
);

export const started = ids('responseElements.instancesSet.items[].instanceId');
export const named = ids('requestParameters.instancesSet.items[].instanceId');

/** Why an instance is not judged any more, or nothing. */
export function notApplicable({ State }: Instance) {
  const state = State?.Name;
  return state === 'terminated' || state === 'shutting-down' ? skip(`the instance is ${state}`) : undefined;
}

const metadataChanges = {
  'ec2:RunInstances': started,
  'ec2:ModifyInstanceMetadataOptions': ids(
    'requestParameters.ModifyInstanceMetadataOptionsRequest.InstanceId',
    'requestParameters.instanceId',
  ),
};

/** Without metadata service there is nothing to protect. */
const needsToken = ({ HttpEndpoint, HttpTokens }: { HttpEndpoint?: string; HttpTokens?: string }) =>
  HttpEndpoint === 'disabled' || HttpTokens === 'required'
    ? pass
    : fail('instance metadata answers requests without a session token (IMDSv1)');

export const ec2Instance = resource('AWS::EC2::Instance', {
  service: 'ec2',
  arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:instance/${id}`,
  list: everyInstance,
  gone: ['InvalidInstanceID.NotFound'],
  tags,
});

export const instances = detectors(ec2Instance, {
  322: {
    title: 'Instance metadata needs a session token (IMDSv2)',
    criticality: 'MEDIUM',
    on: metadataChanges,
    reads: { instance, metadataOptions },
    check: ({ instance, metadataOptions }) => notApplicable(instance) ?? needsToken(metadataOptions),
    note: "The document's command switches the whole metadata service off, and with it role credentials and the SSM agent. Redress requires tokens instead.",
  },
  350: {
    title: 'Instance is monitored every minute',
    criticality: 'HIGH',
    on: {
      'ec2:RunInstances': started,
      'ec2:MonitorInstances': named,
      'ec2:UnmonitorInstances': named,
      'ec2:TerminateInstances': named,
    },
    reads: { instance },
    check: ({ instance }) => {
      const state = instance.Monitoring?.State ?? 'unknown';
      return (
        notApplicable(instance) ??
        (state === 'enabled' || state === 'pending' ? pass : fail(`detailed monitoring is ${state}`))
      );
    },
  },
  357: {
    title: 'Instance is EBS-optimized',
    criticality: 'LOW',
    on: {
      'ec2:RunInstances': started,
      'ec2:ModifyInstanceAttribute': ids('requestParameters.instanceId'),
      'ec2:TerminateInstances': named,
    },
    reads: { instance, instanceType },
    check: ({ instance, instanceType }) => {
      const skipped = notApplicable(instance);
      if (skipped !== undefined) return skipped;
      if (instance.EbsOptimized === true || instanceType.ebsOptimized === 'default') return pass;
      return instanceType.ebsOptimized === 'unsupported'
        ? fail(`the type ${instance.InstanceType} cannot be EBS-optimized`)
        : fail('EBS optimisation is off');
    },
    note: 'Nearly all types of today are always optimized, whatever the instance reports: they pass. The commands of the document stop the instance and never start it.',
  },
  433: {
    title: 'Instance has an IAM role',
    criticality: 'MEDIUM',
    on: {
      'ec2:RunInstances': started,
      'ec2:AssociateIamInstanceProfile': ids(
        'requestParameters.AssociateIamInstanceProfileRequest.InstanceId',
        'requestParameters.instanceId',
      ),
      'ec2:DisassociateIamInstanceProfile': ids(
        'responseElements.DisassociateIamInstanceProfileResponse.iamInstanceProfileAssociation.instanceId',
      ),
      'ec2:ReplaceIamInstanceProfileAssociation': ids(
        'responseElements.ReplaceIamInstanceProfileAssociationResponse.iamInstanceProfileAssociation.instanceId',
      ),
      'ec2:TerminateInstances': named,
    },
    reads: { instance, rolesOfProfile },
    check: ({ instance, rolesOfProfile: [roles] }) => {
      const skipped = notApplicable(instance);
      if (skipped !== undefined) return skipped;
      if (roles === undefined) return fail('the instance has no instance profile, and so no role');
      return roles > 0 ? pass : fail(`its instance profile ${profileName(instance)} holds no role (any more)`);
    },
    note: 'What an instance is given is an instance profile; the document takes it for the role. A profile without a role does not pass.',
  },
  513: {
    title: 'IMDSv1 is off',
    criticality: 'HIGH',
    on: metadataChanges,
    reads: { instance, metadataOptions },
    check: ({ instance, metadataOptions }) => notApplicable(instance) ?? needsToken(metadataOptions),
    note: "The twin of control 322. The document's command would also switch the metadata service on where it is off, and tags in metadata off.",
  },
});
