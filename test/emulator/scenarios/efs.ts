import {
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  PutFileSystemPolicyCommand,
} from '@aws-sdk/client-efs';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';
import { makeSubnet, makeVpc } from './ec2-network.ts';

const NO_REMOVAL = 'the emulator lacks efs:DeleteFileSystemPolicy';
const CLIENT = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((action) => `elasticfilesystem:${action}`);

async function makeFileSystem({ efs }: Aws, CreationToken: string, more: object = {}) {
  const Tags = [{ Key: 'Name', Value: CreationToken }];
  const made = await efs.send(new CreateFileSystemCommand({ CreationToken, Tags, ...more }));
  const id = made.FileSystemId ?? '';
  const responseElements = { fileSystemId: id, lifeCycleState: 'creating', encrypted: false };
  const parameters = { creationToken: CreationToken };
  return { id, event: event('elasticfilesystem:CreateFileSystem', parameters, { responseElements, by: terraform }) };
}

const arnOf = (id: string) => `arn:aws:elasticfilesystem:${REGION}:${ACCOUNT}:file-system/${id}`;

async function policyOf({ efs }: Aws, FileSystemId: string) {
  try {
    const { Policy = '{}' } = await efs.send(new DescribeFileSystemPolicyCommand({ FileSystemId }));
    return JSON.parse(Policy.replaceAll(FileSystemId, '<id>'));
  } catch (error) {
    if (error instanceof Error && error.name === 'PolicyNotFound') return null;
    throw error;
  }
}

async function state(aws: Aws, id: string) {
  const { FileSystems = [] } = await aws.efs.send(new DescribeFileSystemsCommand({}));
  const { MountTargets = [] } = await aws.efs.send(new DescribeMountTargetsCommand({ FileSystemId: id }));
  return {
    fileSystems: FileSystems.map(({ Name, Encrypted }) => `${Name} ${Encrypted}`).sort(),
    mountTargets: MountTargets.map(({ SubnetId }) => SubnetId),
    policy: await policyOf(aws, id),
  };
}

type State = Awaited<ReturnType<typeof state>>;
const Resource = arnOf('<id>');
const allowAll = {
  ...{ Sid: 'AllowClientsOfMountTargets', Effect: 'Allow', Principal: { AWS: '*' } },
  ...{ Action: CLIENT, Resource, Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } } },
};
const denyPlain = {
  ...{ Sid: 'DenyClientsWithoutTLS', Effect: 'Deny', Principal: { AWS: '*' }, Action: '*', Resource },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const withPolicy = (before: State, ...Statement: object[]): State => ({
  ...before,
  policy: { Version: '2012-10-17', Statement },
});

const partner = {
  ...{ Sid: 'Partner', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999988887777:root' } },
  ...{ Action: CLIENT.slice(0, 1), Resource },
};

/** A file system whose policy somebody has just put. */
async function withStatements(aws: Aws, ...Statement: object[]) {
  await makeFileSystem(aws, 'neighbour');
  const { id } = await makeFileSystem(aws, 'shop');
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement }).replaceAll('<id>', id);
  await aws.efs.send(new PutFileSystemPolicyCommand({ FileSystemId: id, Policy }));
  return { id, event: event('elasticfilesystem:PutFileSystemPolicy', { fileSystemId: id, policy: Policy }) };
}

export const efs = [
  scenario({
    control: 144,
    kind: 'guide',
    arrange: async (aws) => {
      const made = await makeFileSystem(aws, 'shop');
      const SubnetId = await makeSubnet(aws, await makeVpc(aws), '10.20.1.0/24');
      await aws.efs.send(new CreateMountTargetCommand({ FileSystemId: made.id, SubnetId }));
      return made;
    },
    state,
    expected: (before) => before,
  }),
  scenario({
    control: 145,
    kind: 'guide',
    arrange: (aws) => makeFileSystem(aws, 'shop', { Encrypted: true }),
    state,
    expected: (before) => before,
  }),
  scenario({
    control: 252,
    arrange: (aws) => withStatements(aws, partner),
    state,
    expected: (before) => withPolicy(before, partner, denyPlain),
  }),
  scenario({
    control: 252,
    variant: 'no policy, together with 439',
    also: [439],
    noUndoHere: NO_REMOVAL,
    arrange: (aws) => makeFileSystem(aws, 'shop'),
    state,
    expected: (before) => withPolicy(before, allowAll, denyPlain),
  }),
  scenario({
    control: 439,
    off: [252],
    noUndoHere: NO_REMOVAL,
    arrange: (aws) => makeFileSystem(aws, 'shop'),
    state,
    expected: (before) => withPolicy(before, allowAll),
  }),
  scenario({
    control: 453,
    arrange: (aws) => withStatements(aws, { ...allowAll, Condition: undefined }, partner, denyPlain),
    state,
    expected: (before) => withPolicy(before, allowAll, partner, denyPlain),
  }),
];
