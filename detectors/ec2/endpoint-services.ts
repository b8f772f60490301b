import { detectors, fail, ids, nextToken, only, pass, read, readPages, resource, skip } from '../../src/control.ts';
import { tags } from './tags.ts';

/** A service that others reach by PrivateLink. */
export const endpointService = read(
  'ec2',
  'DescribeVpcEndpointServiceConfigurations',
  ({ id }) => ({ ServiceIds: [id] }),
  (out) => only(out.ServiceConfigurations),
);

const ENDED = ['Deleting', 'Deleted', 'Failed'];

export const endpointServices = detectors(
  resource('AWS::EC2::VPCEndpointService', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:vpc-endpoint-service/${id}`,
    list: readPages(
      'ec2',
      'DescribeVpcEndpointServiceConfigurations',
      () => ({}),
      (out) => (out.ServiceConfigurations ?? []).flatMap(({ ServiceId }) => ServiceId ?? []),
      nextToken,
    ),
    gone: ['InvalidVpcEndpointServiceId.NotFound', 'InvalidVpcEndpointService.NotFound'],
    tags,
  }),
  {
    348: {
      title: 'VPC endpoint service lets nobody connect before somebody accepts',
      criticality: 'MEDIUM',
      on: {
        'ec2:CreateVpcEndpointServiceConfiguration': ids(
          'responseElements.CreateVpcEndpointServiceConfigurationResponse.serviceConfiguration.serviceId',
          'responseElements.serviceConfiguration.serviceId',
        ),
        'ec2:ModifyVpcEndpointServiceConfiguration': ids(
          'requestParameters.ModifyVpcEndpointServiceConfigurationRequest.ServiceId',
          'requestParameters.serviceId',
        ),
        'ec2:DeleteVpcEndpointServiceConfigurations': ids(
          'requestParameters.DeleteVpcEndpointServiceConfigurationsRequest.ServiceId.content',
          'requestParameters.DeleteVpcEndpointServiceConfigurationsRequest.ServiceId[].content',
        ),
      },
      reads: { endpointService },
      check: ({ endpointService: { ServiceState, AcceptanceRequired } }) => {
        if (ENDED.includes(ServiceState ?? '')) return skip(`the service is ${ServiceState?.toLowerCase()}`);
        return AcceptanceRequired === true
          ? pass
          : fail('whoever may see the service is connected without being asked');
      },
    },
  },
);
