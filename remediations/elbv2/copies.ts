import type { Action, Listener, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { concrete } from '../../src/control.ts';

/** Actions with other target groups. All else in them (weights, stickiness, sign-in) stays. */
export function withGroups(actions: readonly Action[] | undefined, rename: (arn: string) => string): Action[] {
  return (actions ?? []).map((action) => ({
    ...action,
    ...(action.TargetGroupArn ? { TargetGroupArn: rename(action.TargetGroupArn) } : {}),
    ...(action.ForwardConfig
      ? {
          ForwardConfig: {
            ...action.ForwardConfig,
            TargetGroups: action.ForwardConfig.TargetGroups?.map((one) => ({
              ...one,
              ...(one.TargetGroupArn ? { TargetGroupArn: rename(one.TargetGroupArn) } : {}),
            })),
          },
        }
      : {}),
  }));
}

/** Stands for the target group that will take the place of another. */
export const placeholderFor = (arn: string): string => `<new-${arn.split('/')[1] ?? 'target-group'}-arn>`;

/** What a listener is made of, for a call that makes one like it. */
export const listenerLike = (listener: Listener, LoadBalancerArn: string | undefined) => ({
  LoadBalancerArn,
  Protocol: listener.Protocol,
  Port: listener.Port,
  ...(listener.SslPolicy ? { SslPolicy: listener.SslPolicy } : {}),
  ...(listener.Certificates?.length
    ? { Certificates: listener.Certificates.map(({ CertificateArn }) => ({ CertificateArn })) }
    : {}),
  ...(listener.AlpnPolicy?.length ? { AlpnPolicy: listener.AlpnPolicy } : {}),
  DefaultActions: listener.DefaultActions,
});

/** A name that is free, within the 32 characters that AWS allows. */
export const renamed = (name: string | undefined, ending: string): string =>
  `${(name ?? 'copy').slice(0, 32 - ending.length).replace(/-+$/, '')}${ending}`;

/** The call that makes a target group like another, with a protocol of its own. */
export const targetGroupLike = (group: TargetGroup, change: Partial<TargetGroup>, ending: string) => {
  const wanted = { ...group, ...change };
  return concrete('elbv2', 'CreateTargetGroup', {
    Name: renamed(group.TargetGroupName, ending),
    TargetType: wanted.TargetType,
    ...(wanted.TargetType === 'lambda'
      ? {}
      : { Protocol: wanted.Protocol, Port: wanted.Port, VpcId: wanted.VpcId, IpAddressType: wanted.IpAddressType }),
    ...(wanted.ProtocolVersion ? { ProtocolVersion: wanted.ProtocolVersion } : {}),
    HealthCheckEnabled: wanted.HealthCheckEnabled,
    HealthCheckProtocol: wanted.HealthCheckProtocol,
    HealthCheckPort: wanted.HealthCheckPort,
    ...(wanted.HealthCheckPath ? { HealthCheckPath: wanted.HealthCheckPath } : {}),
    HealthCheckIntervalSeconds: wanted.HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds: wanted.HealthCheckTimeoutSeconds,
    HealthyThresholdCount: wanted.HealthyThresholdCount,
    UnhealthyThresholdCount: wanted.UnhealthyThresholdCount,
    ...(wanted.Matcher ? { Matcher: wanted.Matcher } : {}),
  });
};

/** How a target group gets a twin that its targets are reached by over TLS. */
export function twinLines(
  group: TargetGroup,
  attributes: readonly { Key?: string; Value?: string }[],
  targets: readonly { Id?: string; AvailabilityZone?: string }[],
  protocol: 'HTTPS' | 'TLS',
) {
  const arn = placeholderFor(group.TargetGroupArn ?? '');
  const healthCheck = group.HealthCheckProtocol === 'HTTP' ? { HealthCheckProtocol: 'HTTPS' as const } : {};
  return [
    {
      text: `Make a group like ${group.TargetGroupName}, for ${protocol} on port 443. Copy its tags.`,
      call: targetGroupLike(group, { Protocol: protocol, Port: 443, ...healthCheck }, '-tls'),
    },
    ...(attributes.length > 0
      ? [
          {
            text: 'Give it the same attributes.',
            call: concrete('elbv2', 'ModifyTargetGroupAttributes', {
              TargetGroupArn: arn,
              Attributes: attributes.map(({ Key, Value }) => ({ Key, Value })),
            }),
          },
        ]
      : []),
    ...(targets.length > 0
      ? [
          {
            text: 'Register the same targets, without the ports that some may have had of their own, and wait until they are healthy.',
            call: concrete('elbv2', 'RegisterTargets', {
              TargetGroupArn: arn,
              Targets: targets.map(({ Id, AvailabilityZone }) => ({
                Id,
                ...(AvailabilityZone ? { AvailabilityZone } : {}),
              })),
            }),
          },
        ]
      : []),
  ];
}
