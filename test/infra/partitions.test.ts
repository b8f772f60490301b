import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { reader, stacks } from './stacks.ts';

describe.each([
  ['aws-cn', 'cn-north-1', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1', 'us-gov-west-1'],
  ['aws', 'ap-south-1', 'us-east-1'],
])('partition %s', (partition, region, home) => {
  const { hub, member } = stacks({ region });
  const text = (stack: typeof hub): string => JSON.stringify(Template.fromStack(stack).toJSON());

  it('no ARN names another', () => {
    const written = [...`${text(hub)}${text(member)}`.matchAll(/arn:(aws[\w-]*):/g)].map(([, name]) => name);
    expect(written.filter((name) => name !== partition)).toEqual([]);
    expect(text(hub)).toContain('{"Ref":"AWS::Partition"}');
  });

  it('the member’s parameters lead to the hub, and its roles are made where IAM answers', () => {
    const { Parameters } = Template.fromStack(member).toJSON();
    expect(Parameters.HubBusArn.Default).toBe(
      `arn:${partition}:events:${region}:111122223333:event-bus/redress-events`,
    );
    expect(Parameters.RolesRegion.Default).toBe(home);
  });

  it('uses only what the partition has', () => {
    const modes = reader(hub)('AWS::Lambda::Function').map(({ properties }) => properties.TracingConfig?.Mode);
    expect(new Set(modes)).toEqual(new Set([partition === 'aws-cn' ? undefined : 'Active']));
    expect(reader(hub)('AWS::Lambda::Url')).toEqual([]);
  });
});
