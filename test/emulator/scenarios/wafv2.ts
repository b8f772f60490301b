import { GetStagesCommand } from '@aws-sdk/client-api-gateway';
import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { CreateLoadBalancerCommand, DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  AssociateWebACLCommand,
  CreateWebACLCommand,
  GetWebACLForResourceCommand,
  ListWebACLsCommand,
} from '@aws-sdk/client-wafv2';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';
import { makeApi, makeStage } from './rest-apis.ts';

async function makeBalancer({ elbv2, ec2 }: Aws, Name: string): Promise<string> {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const [first, second] = Subnets.map(({ SubnetId = '' }) => SubnetId);
  const settings = { Name, Scheme: 'internet-facing' as const, Subnets: [first ?? '', second ?? ''] };
  const { LoadBalancers } = await elbv2.send(new CreateLoadBalancerCommand(settings));
  return LoadBalancers?.[0]?.LoadBalancerArn ?? '';
}

async function makeAcl({ wafv2 }: Aws, Name: string): Promise<string> {
  const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: Name };
  const acl = { Name, Scope: 'REGIONAL' as const, DefaultAction: { Allow: {} }, VisibilityConfig };
  const { Summary } = await wafv2.send(new CreateWebACLCommand(acl));
  return Summary?.ARN ?? '';
}

/** Which web ACL stands in front of each load balancer, and which there are. */
async function state({ elbv2, wafv2 }: Aws) {
  const { LoadBalancers = [] } = await elbv2.send(new DescribeLoadBalancersCommand({}));
  const inFront = LoadBalancers.map(async ({ LoadBalancerName, LoadBalancerArn: ResourceArn }) => {
    const { WebACL } = await wafv2.send(new GetWebACLForResourceCommand({ ResourceArn }));
    return `${LoadBalancerName}: ${WebACL?.Name ?? 'none'}`;
  });
  const { WebACLs = [] } = await wafv2.send(new ListWebACLsCommand({ Scope: 'REGIONAL' }));
  return { inFront: (await Promise.all(inFront)).sort(), webAcls: WebACLs.map(({ Name }) => Name).sort() };
}

export const wafv2 = [
  scenario({
    control: 403,
    arrange: async (aws) => {
      const id = await makeBalancer(aws, 'web');
      const webAclArn = await makeAcl(aws, 'shop');
      const other = { ResourceArn: await makeBalancer(aws, 'api'), WebACLArn: webAclArn };
      await aws.wafv2.send(new AssociateWebACLCommand(other));
      await makeAcl(aws, 'trial');
      const responseElements = { loadBalancers: [{ loadBalancerArn: id }] };
      const created = event(
        'elasticloadbalancing:CreateLoadBalancer',
        { name: 'web' },
        { responseElements, by: terraform },
      );
      return { id, event: created, parameters: { webAclArn } };
    },
    state,
    expected: (before) => ({ ...before, inFront: ['api: shop', 'web: shop'] }),
  }),
  scenario({
    control: 426,
    arrange: async (aws) => {
      const api = await makeApi(aws);
      const id = await makeStage(aws, api, 'prod', { description: 'live', variables: { backend: 'blue' } });
      const webAclArn = await makeAcl(aws, 'shop');
      const other = { ResourceArn: await makeStage(aws, api, 'test'), WebACLArn: webAclArn };
      await aws.wafv2.send(new AssociateWebACLCommand(other));
      const { restApiId } = api;
      const created = event('apigateway:CreateStage', { restApiId, createStageInput: { stageName: 'prod' } });
      return { id, event: created, parameters: { webAclArn } };
    },
    state: async ({ apigateway }, id) => {
      const [, restApiId] = /restapis\/(\w+)/.exec(id) ?? [];
      const { item = [] } = await apigateway.send(new GetStagesCommand({ restApiId }));
      return item.map(({ webAclArn, createdDate, lastUpdatedDate, ...rest }) => ({ ...rest, protected: !!webAclArn }));
    },
    expected: (before) => before.map((one) => ({ ...one, protected: true })),
  }),
];
