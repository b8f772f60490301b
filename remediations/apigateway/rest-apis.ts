import {
  compression,
  defaultEndpoint,
  endpointTypes,
  hasDomain,
  restApi,
  restApiDetectors,
  stagesOfApi,
} from '../../detectors/apigateway/rest-apis.ts';
import {
  byHand,
  call,
  concrete,
  document,
  edit,
  guide,
  optional,
  type PolicyDocument,
  remediations,
} from '../../src/control.ts';
import { replace } from './stages.ts';

const defaultEndpointDocument = document(defaultEndpoint, {
  write: [
    call('apigateway', 'UpdateRestApi', ({ id }, { disabled }) => ({
      restApiId: id,
      patchOperations: [replace('/disableExecuteApiEndpoint', disabled)],
    })),
    // AWS applies it when a setting of a stage is written: the description, as it was, publishes nothing.
    call('apigateway', 'UpdateStage', ({ id }, { stages }) =>
      Object.entries(stages).map(([stageName, value]) => ({
        restApiId: id,
        stageName,
        patchOperations: [replace('/description', value)],
      })),
    ),
  ],
});

const compressionDocument = document(compression, {
  write: call('apigateway', 'UpdateRestApi', ({ id }, size) => ({
    restApiId: id,
    patchOperations: [replace('/minimumCompressionSize', size)],
  })),
  // Without a value it is off again.
  remove: call('apigateway', 'UpdateRestApi', ({ id }) => ({
    restApiId: id,
    patchOperations: [{ op: 'replace' as const, path: '/minimumCompressionSize' }],
  })),
});

const privatePolicy = (api: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: `${api}/*` },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: `${api}/*`,
      Condition: { StringNotEquals: { 'aws:SourceVpce': '<vpc-endpoint-id>' } },
    },
  ],
});

export const restApiRemediations = remediations(restApiDetectors, {
  227: guide(
    {
      impact: 'every client on the internet, every CloudFront origin and every public custom domain loses the API',
      reads: { restApi, endpointTypes, stagesOfApi },
      note: 'The API is turned private itself: a second, private one would leave the first as open as it was. Callers have to move first, so a person does it.',
    },
    ({ id, partition, region, account, restApi, endpointTypes, stagesOfApi }) => {
      const [type = 'EDGE'] = endpointTypes;
      const stages = Object.keys(stagesOfApi);
      const policy = JSON.stringify(privatePolicy(`arn:${partition}:execute-api:${region}:${account}:${id}`));
      return [
        {
          text: `Find out who calls ${restApi.name ?? id} (${type}; stages: ${stages.join(', ') || 'none'}): access logs of some weeks, custom domains (aws apigateway get-domain-names, get-base-path-mappings), CloudFront origins, partners. Whoever cannot come through a VPC needs another way in; if that is most of them, exempt this API.`,
        },
        {
          text: `A public custom domain cannot lead to a private API: note the mappings to ${id}, and plan to delete them in the window (or to make a private custom domain that leads to it).`,
        },
        {
          text: `Save it: aws apigateway get-rest-api --rest-api-id ${id} --region ${region} (its policy above all), and aws apigateway get-stages --rest-api-id ${id} --region ${region} for the deployment of each stage.`,
        },
        {
          text: 'Where the callers run, make an interface endpoint in two subnets at least, with a security group that lets them in on 443. Its private DNS name leads every call of that VPC to execute-api names into the endpoint, those to public APIs of the region too: with such APIs, leave private DNS off and call the name of the endpoint.',
          call: concrete('ec2', 'CreateVpcEndpoint', {
            VpcEndpointType: 'Interface',
            VpcId: '<vpc-id>',
            ServiceName: `com.amazonaws.${region}.execute-api`,
            SubnetIds: ['<subnet-id>'],
            SecurityGroupIds: ['<security-group-id>'],
            PrivateDnsEnabled: false,
          }),
        },
        ...(restApi.apiStatus !== undefined && restApi.apiStatus !== 'AVAILABLE'
          ? [{ text: `A change of the API is ${restApi.apiStatus}: its type takes no other until that is over.` }]
          : []),
        {
          text: `A private API without a resource policy answers nobody. ${restApi.policy ? 'It has one: add what is below to it, and lose none of its statements.' : 'It has none.'} Policy and type change in one call, in a window that the callers know.`,
          call: concrete('apigateway', 'UpdateRestApi', {
            restApiId: id,
            patchOperations: [
              { op: 'replace', path: '/policy', value: policy },
              { op: 'replace', path: `/endpointConfiguration/types/${type}`, value: 'PRIVATE' },
              { op: 'add', path: '/endpointConfiguration/vpcEndpointIds', value: '<vpc-endpoint-id>' },
            ],
          }),
        },
        {
          text: 'The change counts after a deployment, and that publishes every edit of the API that waits: look at them with its owners. Then deploy to each stage.',
        },
        ...stages.map((stageName) => ({
          text: `Stage ${stageName}:`,
          call: concrete('apigateway', 'CreateDeployment', { restApiId: id, stageName }),
        })),
        {
          text: `Check from within the VPC (https://${id}-<vpc-endpoint-id>.execute-api.${region}.amazonaws.com/<stage>, the name that it has by its endpoint) and from outside, where https://${id}.execute-api.${region}.amazonaws.com/<stage> must fail. To go back, remove /endpointConfiguration/vpcEndpointIds, write the saved policy, change the type from PRIVATE to REGIONAL (never to EDGE again), deploy, and make the mappings again.`,
        },
      ];
    },
  ),

  449: edit(
    defaultEndpointDocument,
    {
      mode: 'approve',
      impact:
        'everyone who calls the execute-api name gets 403: clients, CloudFront origins, tests. AWS applies it when a stage is written, so each stage gets its own description again; if the old name still answers after some minutes, deploy the API, which also publishes every edit that waits',
      reads: { hasDomain },
      note: 'Redress never deploys an API: that would publish the unfinished work of others. Without a custom domain the API would be out of reach, so then nothing is changed.',
    },
    (current, { hasDomain }) =>
      hasDomain
        ? { ...current, disabled: true }
        : byHand(
            'no custom domain leads to this API, so nobody could call it any more; map a custom domain to it and move its callers there first',
          ),
  ),

  460: edit(
    compressionDocument,
    {
      mode: 'approve',
      impact:
        'nothing until somebody deploys the API, which also publishes every other edit that waits. From then on clients that accept gzip get it, and those that handle it badly break',
      parameters: {
        minimumCompressionSize: optional(
          'From how many bytes on responses are compressed: small ones only grow.',
          '1024',
        ),
      },
      note: 'Redress never deploys an API: that would publish the unfinished work of others. A person deploys each stage.',
    },
    (_, { parameters }) => {
      const size = Number(parameters.minimumCompressionSize);
      return Number.isInteger(size) && size >= 0 && size <= 10_485_760
        ? size
        : byHand(
            `minimumCompressionSize is ${parameters.minimumCompressionSize}, which is no number from 0 to 10485760`,
          );
    },
  ),
});
