import { subnet, subnets } from '../../detectors/ec2/subnets.ts';
import { call, derive, document, edit, remediations } from '../../src/control.ts';

const publicIpOnLaunch = document(
  derive({ subnet }, ({ subnet }) => ({ mapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch === true })),
  {
    write: call('ec2', 'ModifySubnetAttribute', ({ id }, { mapPublicIpOnLaunch }) => ({
      SubnetId: id,
      MapPublicIpOnLaunch: { Value: mapPublicIpOnLaunch },
    })),
  },
);

export const subnetRemediations = remediations(subnets, {
  196: edit(
    publicIpOnLaunch,
    {
      mode: 'approve',
      impact:
        'running instances keep their addresses; ones launched later get none, and reach the internet only through NAT. EKS managed node groups in public subnets need the setting and stop scaling',
    },
    () => ({ mapPublicIpOnLaunch: false }),
  ),
});
