import type { DescribeNotebookInstanceOutput } from '@aws-sdk/client-sagemaker';
import { tags } from '../../detectors/sagemaker/jobs.ts';
import { notebook, notebooks } from '../../detectors/sagemaker/notebooks.ts';
import { byHand, call, concrete, derive, guide, optional, remediations, steps, until } from '../../src/control.ts';

const access = derive({ notebook }, ({ notebook }) => ({
  status: notebook.NotebookInstanceStatus,
  root: notebook.RootAccess ?? 'Enabled',
}));

const keyParameter = {
  notebookKeyArn: optional('KMS key of yours for the volumes of notebook instances.', '<kms-key-arn>'),
};

/** The instance again, private and under a key. */
function twinOf(
  old: DescribeNotebookInstanceOutput,
  name: string,
  key: string,
  tagged: Readonly<Record<string, string>>,
) {
  const own = Object.entries(tagged).filter(([tag]) => !tag.startsWith('aws:'));
  const inVpc = old.SubnetId !== undefined;
  return concrete('sagemaker', 'CreateNotebookInstance', {
    NotebookInstanceName: name,
    InstanceType: old.InstanceType,
    RoleArn: old.RoleArn,
    KmsKeyId: key,
    DirectInternetAccess: 'Disabled',
    SubnetId: inVpc ? old.SubnetId : '<private-subnet-id>',
    SecurityGroupIds: inVpc && old.SecurityGroups?.length ? old.SecurityGroups : ['<security-group-id>'],
    RootAccess: 'Disabled',
    ...(old.VolumeSizeInGB ? { VolumeSizeInGB: old.VolumeSizeInGB } : {}),
    ...(old.NotebookInstanceLifecycleConfigName
      ? { LifecycleConfigName: old.NotebookInstanceLifecycleConfigName }
      : {}),
    ...(old.DefaultCodeRepository ? { DefaultCodeRepository: old.DefaultCodeRepository } : {}),
    ...(old.AdditionalCodeRepositories?.length ? { AdditionalCodeRepositories: old.AdditionalCodeRepositories } : {}),
    ...(old.PlatformIdentifier ? { PlatformIdentifier: old.PlatformIdentifier } : {}),
    ...(old.IpAddressType ? { IpAddressType: old.IpAddressType } : {}),
    ...(old.InstanceMetadataServiceConfiguration
      ? { InstanceMetadataServiceConfiguration: old.InstanceMetadataServiceConfiguration }
      : {}),
    ...(own.length > 0 ? { Tags: own.map(([Key, Value]) => ({ Key, Value })) } : {}),
  });
}

const replaced = guide(
  {
    impact:
      'the owner moves to a new notebook instance with another name and address. Deleting the old one destroys its volume, and whatever was not copied',
    reads: { notebook, tags },
    parameters: keyParameter,
    note: 'Key, subnet and internet access are fixed when a notebook instance is made, and its volume can be neither detached nor copied from outside. One new instance closes 288, 347, 467, 519 and 520 together.',
  },
  ({ id, region, notebook, tags, parameters }) => {
    const name = `${id.slice(0, 58)}-safe`;
    const key = parameters.notebookKeyArn;
    const status = notebook.NotebookInstanceStatus ?? 'in an unknown state';
    return [
      {
        text: `${id} (${notebook.InstanceType}, ${notebook.VolumeSizeInGB ?? '?'} GB, role ${notebook.RoleArn}) is ${status}. Find its owner: CloudTrail (CreateNotebookInstance), tags, or git on it. Agree on a day to move.`,
      },
      {
        text: `Save its settings: aws sagemaker describe-notebook-instance --notebook-instance-name ${id} --region ${region}, and aws sagemaker list-tags --resource-arn ${notebook.NotebookInstanceArn} --region ${region}`,
      },
      {
        text: `Check the key: symmetric, enabled, one of yours, in ${region}. The role and whoever starts the instance must be able to use it; without it the instance does not start: aws kms describe-key --key-id ${key} --region ${region}`,
      },
      {
        text: `Check the way out without direct internet: from ${notebook.SubnetId ?? 'the subnet you choose'} either NAT, or endpoints for S3, SageMaker API and runtime, STS, ECR, CloudWatch Logs and what the notebooks use, with security groups that let port 443 through. Packages from PyPI or conda need NAT or a mirror.`,
      },
      {
        text: `Make the new one next to the old one${notebook.PlatformIdentifier ? ` (if AWS no longer offers ${notebook.PlatformIdentifier}, take a newer platform)` : ''}. If people need root there (467), put what they install into a lifecycle script.`,
        call: twinOf(notebook, name, key, tags),
      },
      {
        text: `On the old one, in a terminal, let the owner copy the work: aws s3 sync /home/ec2-user/SageMaker s3://<bucket>/${id}/ --sse aws:kms --sse-kms-key-id ${key}; push git branches, and write down what pip and conda installed (pip freeze). Files elsewhere are lost when an instance stops anyway.`,
      },
      {
        text: `On ${name} copy it back with aws s3 sync, run a notebook from start to end, and let the owner confirm. Links, schedules and policies that name ${id} (sagemaker:CreatePresignedNotebookInstanceUrl) need the new name.`,
      },
      {
        text: 'Stop the old one and leave it so for some weeks: to go back, start it again. Stopped, it costs only its volume.',
        call: concrete('sagemaker', 'StopNotebookInstance', { NotebookInstanceName: id }),
      },
      {
        text: 'Delete it last, and only when the owner has agreed in writing. The volume goes with it, for good.',
        call: concrete('sagemaker', 'DeleteNotebookInstance', { NotebookInstanceName: id }),
      },
      {
        text: 'So that the next one is right, deny sagemaker:CreateNotebookInstance without a key (Null on sagemaker:VolumeKmsKey), with sagemaker:DirectInternetAccess or sagemaker:RootAccess Enabled.',
      },
    ];
  },
);

export const notebookRemediations = remediations(notebooks, {
  288: replaced,
  347: replaced,
  467: steps(
    {
      mode: 'approve',
      impact:
        'a running instance is stopped and started again, which takes some minutes: running kernels end, and everything outside of /home/ec2-user/SageMaker is gone, such as packages from pip and conda. Notebooks that use sudo stop working; lifecycle scripts go on running as root',
      undo: 'best-effort',
      reads: { access },
      note: 'An instance that was stopped stays stopped. Undoing gives root back where it was stopped before; one that runs would have to be stopped a second time, which is left to a person.',
    },
    ({ step }) => [
      step(
        'stop',
        call('sagemaker', 'StopNotebookInstance', ({ id, access }) =>
          access.status === 'InService' ? { NotebookInstanceName: id } : undefined,
        ),
        { repeat: 'safe', until: until(access, ({ status }) => status === 'Stopped') },
      ),
      step(
        'root',
        call('sagemaker', 'UpdateNotebookInstance', ({ id }) => ({
          NotebookInstanceName: id,
          RootAccess: 'Disabled' as const,
        })),
        {
          repeat: 'safe',
          undo: call('sagemaker', 'UpdateNotebookInstance', ({ id, access }) =>
            access.status === 'Stopped' ? { NotebookInstanceName: id, RootAccess: 'Enabled' as const } : undefined,
          ),
          until: until(access, ({ status, root }) => status === 'Stopped' && root === 'Disabled'),
        },
      ),
      step(
        'start',
        call('sagemaker', 'StartNotebookInstance', ({ id, access }) =>
          access.status === 'InService' ? { NotebookInstanceName: id } : undefined,
        ),
        { repeat: 'safe', until: until(access, ({ status }) => status === 'InService') },
      ),
    ],
    ({ access }) =>
      access.status === 'InService' || access.status === 'Stopped'
        ? { access: { ...access, root: 'Disabled' as const } }
        : byHand(`the notebook instance is ${access.status}: plan again when it is InService or Stopped`),
  ),
  519: replaced,
  520: replaced,
});
