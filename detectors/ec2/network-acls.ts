import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  readPages,
  resource,
  skip,
  through,
} from '../../src/control.ts';
import { tags } from './tags.ts';

const every = readPages(
  'ec2',
  'DescribeNetworkAcls',
  () => ({}),
  (out) => out.NetworkAcls ?? [],
  nextToken,
);

/** A network ACL in a list of one, empty when there is none. Accounts have few, so that one list serves all questions. */
export const named = derive({ every }, ({ id, every }) => every.filter(({ NetworkAclId }) => NetworkAclId === id));

const networkAcl = derive({ named }, ({ named }) => only(named));

const idsOf = (acls: readonly { NetworkAclId?: string }[]) => acls.flatMap(({ NetworkAclId }) => NetworkAclId ?? []);

/** The ACL that loses its last subnet is not named by any event: asked is for all that have none. */
const idle = derive({ every }, ({ every }) =>
  idsOf(every.filter(({ IsDefault, Associations = [] }) => IsDefault !== true && Associations.length === 0)),
);
const itselfAndIdle = derive({ idle }, ({ id, idle }) => [...new Set([id, ...idle])]);

export const networkAcls = detectors(
  resource('AWS::EC2::NetworkAcl', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:network-acl/${id}`,
    list: derive({ every }, ({ every }) => idsOf(every)),
    gone: ['InvalidNetworkAclID.NotFound'],
    tags,
  }),
  {
    386: {
      title: 'Network ACL protects at least one subnet',
      criticality: 'MEDIUM',
      on: {
        'ec2:CreateNetworkAcl': ids('responseElements.networkAcl.networkAclId'),
        'ec2:ReplaceNetworkAclAssociation': through(itselfAndIdle, ids('requestParameters.networkAclId')),
        'ec2:DeleteSubnet': through(idle, ids('requestParameters.subnetId')),
        'ec2:DeleteNetworkAcl': ids('requestParameters.networkAclId'),
      },
      reads: { networkAcl },
      check: ({ networkAcl: { IsDefault, OwnerId, Associations = [] } }, { account }) => {
        if (OwnerId !== undefined && OwnerId !== account) return skip('the network ACL belongs to another account');
        if (IsDefault === true) return skip('the default network ACL comes with its VPC and cannot be deleted');
        return Associations.length > 0 ? pass : fail('no subnet uses this network ACL');
      },
      note: 'The document puts the idle ACL on some subnet: its rules, or the lack of any, would cut that subnet off. Redress deletes the idle one instead. Default ACLs are not judged.',
    },
  },
);
