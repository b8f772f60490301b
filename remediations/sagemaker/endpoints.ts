import { isDeepStrictEqual } from 'node:util';
import type { DescribeEndpointConfigOutput } from '@aws-sdk/client-sagemaker';
import { configs, endpoint, endpoints, typesOf } from '../../detectors/sagemaker/endpoints.ts';
import { hasLocalDisks } from '../../detectors/sagemaker/jobs.ts';
import {
  byHand,
  call,
  derive,
  missing,
  nextToken,
  readEach,
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

type Config = Omit<DescribeEndpointConfigOutput, 'EndpointConfigArn' | 'CreationTime'>;

/** Everything that a configuration consists of, as another one is made of it. Isolation that is off need not be said. */
function settingsOf(
  config: Config & { EndpointConfigArn?: string | undefined; CreationTime?: Date | undefined },
): Config {
  const { EndpointConfigArn: _, CreationTime: __, EnableNetworkIsolation: isolated, ...rest } = config;
  return isolated ? { ...rest, EnableNetworkIsolation: true } : rest;
}

const settings = derive({ configs }, ({ configs: [config] }) => (config === undefined ? missing : settingsOf(config)));

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

const SUFFIX = '-encrypted';
/** A name for the configuration with a key. One that has it keeps it, so that the new one reads as its own twin. */
const encryptedName = (name = 'config'): string => (name.endsWith(SUFFIX) ? name : `${name.slice(0, 53)}${SUFFIX}`);

const twins = readEach(
  'sagemaker',
  'DescribeEndpointConfig',
  ({ settings }) => [{ EndpointConfigName: encryptedName(settings.EndpointConfigName) }],
  (out) => (out.EndpointConfigName ? settingsOf(out) : undefined),
  { needs: { settings }, absent: ['ValidationException'] },
);

/** What bears the name of the new configuration: made for another endpoint that follows the same one, or left by an undo. */
const twin = derive({ twins }, ({ twins: [one] }) => one);

export const endpointRemediations = remediations(endpoints, {
  334: steps(
    {
      mode: 'approve',
      impact:
        'the endpoint moves to a new fleet step by step, which needs twice the instances for a while; if the role of its models may not use the key, it stays on the old one',
      undo: 'best-effort',
      parameters: { endpointKeyArn: required('KMS key for the volumes of endpoints.') },
      reads: { serving, settings, twin, deployment, tags },
      note: 'The new configuration is the old one and the key, nothing is lost; counts and weights that were scaled stay. Undoing goes back to the old configuration, and leaves the new one unused; it is taken again when it is what is wanted.',
    },
    ({ step }) => [
      step(
        'config',
        call('sagemaker', 'CreateEndpointConfig', ({ settings, twin, tags, parameters }) =>
          twin === undefined
            ? {
                ...settings,
                EndpointConfigName: encryptedName(settings.EndpointConfigName),
                KmsKeyId: parameters.endpointKeyArn,
                ...(tags.length > 0 ? { Tags: [...tags] } : {}),
              }
            : undefined,
        ),
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
          until: until(serving, ({ status, config }) => status === 'InService' && config?.endsWith(SUFFIX) === true),
        },
      ),
    ],
    (context) => {
      const { serving, settings, twin, deployment, tags, parameters } = context;
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
      if (settings.EndpointConfigName?.endsWith(SUFFIX))
        return byHand(
          `the configuration ${settings.EndpointConfigName} bears the name for an encrypted one, without a key: make one with a key by hand`,
        );
      const name = encryptedName(settings.EndpointConfigName);
      const wanted = { ...settings, EndpointConfigName: name, KmsKeyId: chosen.key };
      if (twin !== undefined && !isDeepStrictEqual(twin, wanted))
        return byHand(
          `a configuration ${name} is there already, and is not ${settings.EndpointConfigName} with this key: delete it if no endpoint follows it, or move the endpoint to one that you make`,
        );
      return {
        serving: { ...serving, config: name },
        settings: wanted,
        twin: wanted,
        deployment,
        tags,
      };
    },
  ),
});
