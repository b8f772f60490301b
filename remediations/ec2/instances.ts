import { instance, instances, instanceType, metadataOptions, profileName } from '../../detectors/ec2/instances.ts';
import {
  byHand,
  call,
  derive,
  document,
  edit,
  optional,
  ref,
  remediations,
  required,
  steps,
  until,
} from '../../src/control.ts';

// All options are sent: AWS refuses tokens without the endpoint's state on some instances.
const metadataDocument = document(metadataOptions, {
  write: call('ec2', 'ModifyInstanceMetadataOptions', ({ id }, options) => ({ InstanceId: id, ...options })),
});

const requireTokens = edit(
  metadataDocument,
  {
    mode: 'approve',
    impact:
      'software that only speaks IMDSv1 (old SDKs and agents) loses its role credentials; no reboot. The metric MetadataNoToken shows whether anything still does',
  },
  (current) => ({ ...current, HttpTokens: 'required' as const }),
);

const monitoring = document(
  derive({ instance }, ({ instance }) => ({
    detailed: instance.Monitoring?.State === 'enabled' || instance.Monitoring?.State === 'pending',
  })),
  {
    write: [
      call('ec2', 'MonitorInstances', ({ id }, { detailed }) => (detailed ? { InstanceIds: [id] } : undefined)),
      call('ec2', 'UnmonitorInstances', ({ id }, { detailed }) => (detailed ? undefined : { InstanceIds: [id] })),
    ],
  },
);

/** Whether an instance runs and is optimised, and why it must not be stopped, if so. */
const optimisation = derive({ instance, instanceType }, ({ instance, instanceType }) => {
  const group = instance.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value;
  return {
    state: instance.State?.Name,
    ebsOptimized: instance.EbsOptimized === true,
    ...(group ? { group } : {}),
    ...(instance.InstanceLifecycle ? { lifecycle: instance.InstanceLifecycle } : {}),
    ...(instance.Operator?.Managed ? { managedBy: instance.Operator.Principal ?? 'another AWS service' } : {}),
    rootIsLost: instance.RootDeviceType === 'instance-store',
    hasInstanceStore: instanceType.hasInstanceStore,
    ...(instanceType.ebsOptimized === 'unsupported' ? { unsupportedType: instance.InstanceType } : {}),
  };
});

function whyNotStopped(
  now: {
    state?: string;
    group?: string;
    lifecycle?: string;
    managedBy?: string;
    rootIsLost: boolean;
    hasInstanceStore: boolean;
    unsupportedType?: string;
  },
  mayErase: boolean,
): string | undefined {
  if (now.unsupportedType)
    return `${now.unsupportedType} cannot be EBS-optimized: move to a type that is, in a window in which the instance may stop`;
  if (now.managedBy) return `the instance is managed by ${now.managedBy}: choose another type there`;
  if (now.group)
    return `the instance belongs to the Auto Scaling group ${now.group}, which replaces one that stops: set EbsOptimized in its launch template and refresh the group`;
  if (now.lifecycle === 'spot')
    return 'a Spot instance may not start again once it is stopped: ask for a new one that is EBS-optimized';
  if (now.rootIsLost)
    return 'its root device is instance store, which cannot be stopped: launch another one from its image';
  if (now.hasInstanceStore && now.state === 'running' && !mayErase)
    return 'its type has instance store, which stopping erases: save what lies there, then set eraseInstanceStore to "yes" for it, or stop, modify and start it by hand';
  if (now.state !== 'running' && now.state !== 'stopped')
    return `the instance is ${now.state}: plan again once it is running or stopped`;
  return undefined;
}

const profile = derive({ instance }, ({ instance }) => ({
  name: profileName(instance),
  state: instance.State?.Name,
}));

export const instanceRemediations = remediations(instances, {
  322: requireTokens,
  350: edit(
    monitoring,
    {
      mode: 'auto',
      impact: 'none for the instance; its metrics are billed. Auto Scaling replacements follow their launch template',
    },
    () => ({ detailed: true }),
  ),
  357: steps(
    {
      mode: 'approve',
      impact:
        'a running instance is stopped and started: it is away for minutes, a public address that is not an Elastic IP changes, and instance store is erased where you have allowed that',
      undo: 'best-effort',
      reads: { optimisation },
      parameters: {
        eraseInstanceStore: optional(
          'Whether instances may be stopped whose type has instance store, which erases it: "yes" or "no". Nearly all types that this control is about have some.',
          'no',
        ),
      },
      note: 'Undoing only starts the instance again if it was left stopped; the optimisation stays.',
    },
    ({ step }) => [
      step(
        'stop',
        call('ec2', 'StopInstances', ({ id, optimisation }) =>
          optimisation.state === 'running' ? { InstanceIds: [id] } : undefined,
        ),
        {
          repeat: 'safe',
          undo: call('ec2', 'StartInstances', ({ id, optimisation }) =>
            optimisation.state === 'running' ? { InstanceIds: [id] } : undefined,
          ),
          until: until(optimisation, ({ state }) => state === 'stopped'),
        },
      ),
      step(
        'optimise',
        call('ec2', 'ModifyInstanceAttribute', ({ id }) => ({ InstanceId: id, EbsOptimized: { Value: true } })),
        { repeat: 'safe', until: until(optimisation, ({ ebsOptimized }) => ebsOptimized) },
      ),
      step(
        'start',
        call('ec2', 'StartInstances', ({ id, optimisation }) =>
          optimisation.state === 'running' ? { InstanceIds: [id] } : undefined,
        ),
        { repeat: 'safe', until: until(optimisation, ({ state }) => state === 'running') },
      ),
    ],
    ({ optimisation, parameters }) => {
      const why = whyNotStopped(optimisation, parameters.eraseInstanceStore === 'yes');
      return why === undefined ? { optimisation: { ...optimisation, ebsOptimized: true } } : byHand(why);
    },
  ),
  433: steps(
    {
      mode: 'approve',
      impact:
        'no reboot; every process on the instance, and whoever can make one send requests for him, may use what the role allows. Auto Scaling replacements follow their launch template',
      reads: { profile },
      parameters: {
        instanceProfileName: required(
          'Name of the instance profile (not of the role) for instances that have none. Its role should allow as little as all of them need, such as AmazonSSMManagedInstanceCore.',
        ),
      },
    },
    ({ step }) => [
      step(
        'associate',
        call('ec2', 'AssociateIamInstanceProfile', ({ id, parameters }) => ({
          InstanceId: id,
          IamInstanceProfile: { Name: parameters.instanceProfileName },
        })),
        {
          repeat: 'once',
          undo: call('ec2', 'DisassociateIamInstanceProfile', () => ({
            AssociationId: ref('associate', 'IamInstanceProfileAssociation.AssociationId'),
          })),
          until: until(profile, ({ name }) => name !== undefined),
        },
      ),
    ],
    ({ profile, parameters }) => {
      if (profile.name !== undefined)
        return byHand(
          `the instance has the profile ${profile.name}, which holds no role: add one (aws iam add-role-to-instance-profile), and every instance with that profile has it`,
        );
      if (profile.state !== 'running' && profile.state !== 'stopped')
        return byHand(`the instance is ${profile.state}: plan again once it is running or stopped`);
      return { profile: { ...profile, name: parameters.instanceProfileName } };
    },
  ),
  513: requireTokens,
});
