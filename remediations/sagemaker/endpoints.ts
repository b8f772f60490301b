import { configs, endpoint, endpoints, typesOf } from '../../detectors/sagemaker/endpoints.ts';
import { hasLocalDisks } from '../../detectors/sagemaker/jobs.ts';
import {
  byHand,
  call,
  derive,
  missing,
  nextToken,
  readPages,
  remediations,
  required,
  steps,
  until,
} from '../../src/control.ts';
import { chosenKey } from '../chosen.ts';

const serving = derive({ endpoint }, ({ endpoint }) => ({
  status: endpoint.EndpointStatus,
  config: endpoint.EndpointConfigName,
}));

/** Everything that a configuration consists of, as another one is made of it. */
const settings = derive({ configs }, ({ configs: [config] }) => {
  if (config === undefined) return missing;
  const { EndpointConfigArn: _, CreationTime: __, ...rest } = config;
  return rest;
});

const deployment = derive({ endpoint }, ({ endpoint }) => endpoint.LastDeploymentConfig !== undefined);

const arn = derive({ configs }, ({ configs: [config] }) => config?.EndpointConfigArn);

const tagList = readPages(
  'sagemaker',
  'ListTags',
  ({ arn }) => (arn === undefined ? [] : [{ ResourceArn: arn }]),
  (out) => out.Tags ?? [],
  nextToken,
  { needs: { arn } },
);
const tags = derive({ tagList }, ({ tagList }) => tagList.filter(({ Key }) => !Key?.startsWith('aws:')));

const encryptedName = (name: string | undefined): string => `${(name ?? 'config').slice(0, 53)}-encrypted`;

export const endpointRemediations = remediations(endpoints, {
  334: steps(
    {
      mode: 'approve',
      impact:
        'the endpoint moves to a new fleet step by step, which needs twice the instances for a while; if the role of its models may not use the key, it stays on the old one',
      undo: 'best-effort',
      parameters: { endpointKeyArn: required('KMS key for the volumes of endpoints.') },
      reads: { serving, settings, deployment, tags },
      note: 'The new configuration is the old one and the key, nothing is lost; counts and weights that were scaled stay. Undoing goes back to the old configuration, and leaves the new one unused.',
    },
    ({ step }) => [
      step(
        'config',
        call('sagemaker', 'CreateEndpointConfig', ({ settings, tags, parameters }) => ({
          ...settings,
          EndpointConfigName: encryptedName(settings.EndpointConfigName),
          KmsKeyId: parameters.endpointKeyArn,
          ...(tags.length > 0 ? { Tags: [...tags] } : {}),
        })),
        { repeat: 'once' },
      ),
      step(
        'endpoint',
        call('sagemaker', 'UpdateEndpoint', ({ id, settings, deployment }) => ({
          EndpointName: id,
          EndpointConfigName: encryptedName(settings.EndpointConfigName),
          RetainAllVariantProperties: true,
          ...(deployment ? { RetainDeploymentConfig: true } : {}),
        })),
        {
          repeat: 'safe',
          undo: call('sagemaker', 'UpdateEndpoint', ({ id, settings, deployment }) => ({
            EndpointName: id,
            EndpointConfigName: settings.EndpointConfigName,
            RetainAllVariantProperties: true,
            ...(deployment ? { RetainDeploymentConfig: true } : {}),
          })),
          until: until(
            serving,
            ({ status, config }) => status === 'InService' && config?.endsWith('-encrypted') === true,
          ),
        },
      ),
    ],
    (context) => {
      const { serving, settings, deployment, tags, parameters } = context;
      const variants = [...(settings.ProductionVariants ?? []), ...(settings.ShadowProductionVariants ?? [])];
      const local = [...new Set(variants.flatMap(typesOf).filter(hasLocalDisks))];
      const chosen = chosenKey('endpointKeyArn', parameters.endpointKeyArn, context);
      if ('byHand' in chosen) return chosen;
      if (serving.status !== 'InService')
        return byHand(`the endpoint is ${serving.status}: plan again when it is InService`);
      if (local.length > 0)
        return byHand(
          `${local.join(', ')} keep data on disks of their own, and AWS then takes no key for the whole configuration: move these variants to another endpoint, or give them other machines`,
        );
      if (settings.EndpointConfigName?.endsWith('-encrypted'))
        return byHand(
          `the configuration ${settings.EndpointConfigName} bears the name for an encrypted one, without a key: make one with a key by hand`,
        );
      const name = encryptedName(settings.EndpointConfigName);
      return {
        serving: { ...serving, config: name },
        settings: { ...settings, EndpointConfigName: name, KmsKeyId: chosen.key },
        deployment,
        tags,
      };
    },
  ),
});
