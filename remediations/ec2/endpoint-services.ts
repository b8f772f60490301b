import { endpointService, endpointServices } from '../../detectors/ec2/endpoint-services.ts';
import { call, derive, document, edit, remediations } from '../../src/control.ts';

const acceptance = document(
  derive({ endpointService }, ({ endpointService }) => ({
    acceptanceRequired: endpointService.AcceptanceRequired === true,
  })),
  {
    write: call('ec2', 'ModifyVpcEndpointServiceConfiguration', ({ id }, { acceptanceRequired }) => ({
      ServiceId: id,
      AcceptanceRequired: acceptanceRequired,
    })),
  },
);

export const endpointServiceRemediations = remediations(endpointServices, {
  348: edit(
    acceptance,
    {
      mode: 'auto',
      impact: 'connections that stand go on; new ones wait until somebody accepts them',
    },
    () => ({ acceptanceRequired: true }),
  ),
});
