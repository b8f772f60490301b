import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  type CreateRestApiCommandInput,
  CreateStageCommand,
  type CreateStageCommandInput,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway';
import { type Aws, REGION } from '../clients.ts';

/** A REST API with one method, whose backend answers over HTTP, and a deployment of it. */
export async function makeApi({ apigateway }: Aws, settings: Partial<CreateRestApiCommandInput> = {}) {
  const { id: restApiId = '', rootResourceId: resourceId = '' } = await apigateway.send(
    new CreateRestApiCommand({ name: 'shop', ...settings }),
  );
  const method = { restApiId, resourceId, httpMethod: 'GET' };
  await apigateway.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }));
  const backend = { type: 'HTTP_PROXY' as const, integrationHttpMethod: 'GET', uri: 'https://backend.example.com/' };
  await apigateway.send(new PutIntegrationCommand({ ...method, ...backend }));
  const { id: deploymentId = '' } = await apigateway.send(new CreateDeploymentCommand({ restApiId }));
  return { restApiId, deploymentId };
}

/** A stage of an API, and the ARN that is its id. */
export async function makeStage(
  { apigateway }: Aws,
  of: { readonly restApiId: string; readonly deploymentId: string },
  stageName: string,
  settings: Partial<CreateStageCommandInput> = {},
): Promise<string> {
  await apigateway.send(new CreateStageCommand({ ...of, stageName, ...settings }));
  return `arn:aws:apigateway:${REGION}::/restapis/${of.restApiId}/stages/${stageName}`;
}
