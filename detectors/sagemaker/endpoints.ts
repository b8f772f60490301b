import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
import { detectors, fail, ids, nextToken, pass, read, readEach, readPages, resource, skip } from '../../src/control.ts';
import { GONE, hasLocalDisks, tags } from './jobs.ts';

export const endpoint = read(
  'sagemaker',
  'DescribeEndpoint',
  ({ id }) => ({ EndpointName: id }),
  (out) => out,
);

/** The configuration that the endpoint follows. */
export const configs = readEach(
  'sagemaker',
  'DescribeEndpointConfig',
  ({ endpoint }) => (endpoint.EndpointConfigName ? [{ EndpointConfigName: endpoint.EndpointConfigName }] : []),
  (out) => out,
  { needs: { endpoint } },
);

/** The types of the machines of a variant. A serverless one has none. */
export const typesOf = ({ InstanceType, InstancePools = [] }: ProductionVariant): string[] =>
  [InstanceType, ...InstancePools.map((pool) => pool.InstanceType)].flatMap((type) => type ?? []);

export const endpoints = detectors(
  resource('AWS::SageMaker::Endpoint', {
    service: 'sagemaker',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:sagemaker:${region}:${account}:endpoint/${id.toLowerCase()}`,
    list: readPages(
      'sagemaker',
      'ListEndpoints',
      () => ({}),
      (out) => (out.Endpoints ?? []).flatMap(({ EndpointName }) => EndpointName ?? []),
      nextToken,
    ),
    gone: GONE,
    tags,
  }),
  {
    334: {
      title: 'Endpoint keeps its data under a KMS key',
      criticality: 'HIGH',
      on: {
        'sagemaker:CreateEndpoint': ids('requestParameters.endpointName'),
        'sagemaker:UpdateEndpoint': ids('requestParameters.endpointName'),
        'sagemaker:DeleteEndpoint': ids('requestParameters.endpointName'),
      },
      reads: { endpoint, configs },
      check: ({ endpoint: { EndpointStatus: status }, configs: [config] }) => {
        if (status === 'Deleting' || status === 'Failed') return skip(`the endpoint is ${status.toLowerCase()}`);
        if (config === undefined) return skip('the endpoint has no configuration');
        if (config.KmsKeyId) return pass;
        const variants = [...(config.ProductionVariants ?? []), ...(config.ShadowProductionVariants ?? [])];
        const types = variants.flatMap(typesOf);
        if (types.length === 0 && variants.some(({ ServerlessConfig }) => ServerlessConfig !== undefined))
          return skip('the endpoint is serverless and takes no key');
        if (types.length > 0 && types.every(hasLocalDisks))
          return skip('the machines keep data on disks of their own, which the hardware encrypts');
        return fail(`its configuration ${config.EndpointConfigName} names no KMS key`);
      },
      note: 'The document presumes that the new configuration exists. Any KMS key counts.',
    },
  },
);
