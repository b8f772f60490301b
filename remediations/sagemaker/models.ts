import { tags } from '../../detectors/sagemaker/jobs.ts';
import { model, models } from '../../detectors/sagemaker/models.ts';
import { concrete, derive, guide, nextToken, readEach, readPages, remediations } from '../../src/control.ts';

const inService = readPages(
  'sagemaker',
  'ListEndpoints',
  () => ({ StatusEquals: 'InService' as const }),
  (out) => (out.Endpoints ?? []).flatMap(({ EndpointName }) => EndpointName ?? []),
  nextToken,
);

const asked = readEach(
  'sagemaker',
  'DescribeEndpoint',
  ({ inService }) => inService.map((EndpointName) => ({ EndpointName })),
  (out) => ({ endpoint: out.EndpointName, config: out.EndpointConfigName }),
  { needs: { inService }, absent: ['ValidationException'] },
);

/** One that was deleted meanwhile follows no configuration. */
const described = derive({ asked }, ({ asked }) =>
  asked.flatMap(({ endpoint, config }) => (endpoint && config ? [{ endpoint, config }] : [])),
);

const configured = readEach(
  'sagemaker',
  'DescribeEndpointConfig',
  ({ described }) => described.map(({ config }) => ({ EndpointConfigName: config })),
  (out) =>
    [...(out.ProductionVariants ?? []), ...(out.ShadowProductionVariants ?? [])].map(({ ModelName }) => ModelName),
  { needs: { described }, absent: ['ValidationException'] },
);

/** Endpoints that serve the model, with their configurations. AWS has no way to ask for them. */
const users = derive({ described, configured }, ({ described, configured, id }) =>
  described.filter((_, index) => configured[index]?.includes(id)),
);

export const modelRemediations = remediations(models, {
  483: guide(
    {
      impact:
        'containers get neither network nor credentials: if they call S3, Secrets Manager or another API, predictions fail. Endpoints move without an interruption',
      reads: { model, users, tags },
      note: 'Models cannot be changed. The old one is kept until the new one is proven: endpoints that scale out need it.',
    },
    ({ id, region, model, users, tags }) => {
      const name = `${id.slice(0, 54)}-isolated`;
      const own = Object.entries(tags).filter(([tag]) => !tag.startsWith('aws:'));
      const { ModelArn: _, CreationTime: __, DeploymentRecommendation: ___, ModelName: ____, ...kept } = model;
      return [
        {
          text: `Find out whether the containers of ${id} can work alone: SageMaker brings the model data, but calls of AWS or of other services, downloads at the start and licence servers fail. Models that share a container and load from S3 by themselves fail as well. If so, change the image first, or exempt the model.`,
        },
        {
          text: `Save it: aws sagemaker describe-model --model-name ${id} --region ${region}. Change what makes such models too (pipelines, templates, enable_network_isolation=True in the Python SDK), or the next one fails again.`,
        },
        {
          text: 'Make the same model under another name, isolated.',
          call: concrete('sagemaker', 'CreateModel', {
            ...kept,
            ModelName: name,
            EnableNetworkIsolation: true,
            ...(own.length > 0 ? { Tags: own.map(([Key, Value]) => ({ Key, Value })) } : {}),
          }),
        },
        {
          text: `Try it before anybody uses it: an endpoint of its own with one small instance, or a batch transform, with real requests. Look into its log for failed connections.`,
        },
        ...(users.length === 0
          ? [
              {
                text: 'No endpoint in service names it in its configuration. Look for inference components (aws sagemaker list-inference-components), batch transforms and pipelines that do.',
              },
            ]
          : []),
        ...users.flatMap(({ endpoint, config }) => [
          {
            text: `Endpoint ${endpoint}: make a configuration like ${config} that names ${name} instead, with everything else copied, keys, VPC and data capture included (aws sagemaker describe-endpoint-config --endpoint-config-name ${config} --region ${region}). Then move:`,
            call: concrete('sagemaker', 'UpdateEndpoint', {
              EndpointName: endpoint,
              EndpointConfigName: '<new-endpoint-config>',
              RetainAllVariantProperties: true,
            }),
          },
          {
            text: `Watch errors and latency of ${endpoint}. To go back, move to ${config} again.`,
            call: concrete('sagemaker', 'UpdateEndpoint', {
              EndpointName: endpoint,
              EndpointConfigName: config,
              RetainAllVariantProperties: true,
            }),
          },
        ]),
        {
          text: 'When nothing has needed the old model for some weeks, transforms and pipelines included, delete it. Its data in S3 stays.',
          call: concrete('sagemaker', 'DeleteModel', { ModelName: id }),
        },
        {
          text: 'So that the next one is right, deny sagemaker:CreateModel where sagemaker:NetworkIsolation is false (BoolIfExists: requests that do not say it count too).',
        },
      ];
    },
  ),
});
