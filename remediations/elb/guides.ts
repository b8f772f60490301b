import { attributes, isEncrypted, loadBalancer } from '../../detectors/elb.ts';
import { concrete, guide } from '../../src/control.ts';

export const onlyEncrypted = guide(
  {
    impact: 'clients of a port that is removed are refused; with a single listener the service is down',
    reads: { loadBalancer },
    note: 'A Classic Load Balancer cannot redirect from HTTP to HTTPS. The runbook listens by both until nobody needs the plain port.',
  },
  ({ id, loadBalancer }) => {
    const listeners = loadBalancer.ListenerDescriptions ?? [];
    const plain = listeners.filter(({ Listener }) => !isEncrypted(Listener));
    const taken = listeners.map(({ Listener }) => Listener?.LoadBalancerPort);
    return [
      {
        text: `${id} listens by ${plain.map(({ Listener }) => `${Listener?.Protocol} on port ${Listener?.LoadBalancerPort}`).join(', ')}. Save what is there: aws elb describe-load-balancers --load-balancer-names ${id}`,
      },
      {
        text: 'If Auto Scaling, Elastic Beanstalk or Kubernetes made the listeners, change them there: they would come back.',
      },
      ...plain.flatMap(({ Listener, PolicyNames = [] }) => {
        const port = Listener?.LoadBalancerPort;
        const web = Listener?.Protocol?.toUpperCase() === 'HTTP';
        return [
          ...(web
            ? []
            : [
                {
                  text: `If the instances behind port ${port} do TLS themselves, leave the listener and exempt it: ending TLS at the load balancer would send them plain bytes.`,
                },
              ]),
          ...(listeners.some(
            (one) => isEncrypted(one.Listener) && one.Listener?.InstancePort === Listener?.InstancePort,
          )
            ? [
                {
                  text: `An encrypted listener leads to instance port ${Listener?.InstancePort} already: use that one.`,
                },
              ]
            : [
                {
                  text: `Listen by ${web ? 'HTTPS' : 'SSL'} next to port ${port}, and lead to the same instance port. Let the security group admit it.`,
                  call: concrete('elb', 'CreateLoadBalancerListeners', {
                    LoadBalancerName: id,
                    Listeners: [
                      {
                        Protocol: web ? 'HTTPS' : 'SSL',
                        LoadBalancerPort: taken.includes(443) ? 8443 : 443,
                        InstanceProtocol: Listener?.InstanceProtocol ?? Listener?.Protocol,
                        InstancePort: Listener?.InstancePort,
                        SSLCertificateId: '<certificate-arn>',
                      },
                    ],
                  }),
                },
              ]),
          ...(PolicyNames.length > 0
            ? [
                {
                  text: `Give the new listener the policies of the old one, stickiness above all: ${PolicyNames.join(', ')}.`,
                },
              ]
            : []),
          {
            text: `Move the clients (users who type http:// get no redirect here; an Application Load Balancer would give them one). When port ${port} has no traffic any more, remove it.`,
            call: concrete('elb', 'DeleteLoadBalancerListeners', {
              LoadBalancerName: id,
              LoadBalancerPorts: [port ?? 0],
            }),
          },
        ];
      }),
      { text: 'To go back, make the listener again from what you saved, and set its policies again.' },
    ];
  },
);

export const internalTwin = guide(
  {
    impact: 'clients on the internet lose access for good; the DNS name is new',
    reads: { loadBalancer, attributes },
    note: 'The scheme of a load balancer cannot be changed: an internal one takes its place.',
  },
  ({ id, loadBalancer, attributes }) => {
    const twin = `${id.slice(0, 28).replace(/-+$/, '')}-int`;
    const listeners = (loadBalancer.ListenerDescriptions ?? []).flatMap(({ Listener }) => Listener ?? []);
    const named = (loadBalancer.ListenerDescriptions ?? []).filter(({ PolicyNames }) => PolicyNames?.length);
    return [
      {
        text: `Ask the owner first whether ${id} is meant to be public. If so, exempt it. If Kubernetes made it, change the annotation of its Service instead: the controller would make it again.`,
      },
      {
        text: 'Classic Load Balancers are a previous generation: if you move anyway, an internal Application or Network Load Balancer is the better place to move to.',
      },
      {
        text: `Make an internal one next to it, in private subnets of ${loadBalancer.VPCId ?? 'the VPC'}, with the same listeners. Copy the tags.`,
        call: concrete('elb', 'CreateLoadBalancer', {
          LoadBalancerName: twin,
          Scheme: 'internal',
          Subnets: ['<private-subnet-1>', '<private-subnet-2>'],
          SecurityGroups: loadBalancer.SecurityGroups,
          Listeners: listeners,
        }),
      },
      ...(loadBalancer.HealthCheck
        ? [
            {
              text: 'Give it the same health check.',
              call: concrete('elb', 'ConfigureHealthCheck', {
                LoadBalancerName: twin,
                HealthCheck: loadBalancer.HealthCheck,
              }),
            },
          ]
        : []),
      {
        text: 'Give it the same attributes. Logs need a grant for the new name in the policy of the log bucket.',
        call: concrete('elb', 'ModifyLoadBalancerAttributes', {
          LoadBalancerName: twin,
          LoadBalancerAttributes: attributes,
        }),
      },
      ...(named.length > 0
        ? [
            {
              text: `Make its policies again (stickiness, TLS) and set them: ${named.map(({ Listener, PolicyNames }) => `port ${Listener?.LoadBalancerPort}: ${PolicyNames?.join(', ')}`).join('; ')}. They are described by: aws elb describe-load-balancer-policies --load-balancer-name ${id}`,
            },
          ]
        : []),
      ...(loadBalancer.Instances?.length
        ? [
            {
              text: 'Register the same instances. Attach Auto Scaling groups to both for the time being.',
              call: concrete('elb', 'RegisterInstancesWithLoadBalancer', {
                LoadBalancerName: twin,
                Instances: loadBalancer.Instances,
              }),
            },
          ]
        : []),
      {
        text: `When every instance is in service, let DNS point to the new name, and watch the traffic of ${loadBalancer.DNSName} fade out. Until then going back is a change of DNS.`,
      },
      {
        text: 'Remove the public load balancer last. It goes at once, with instances still behind it, and its DNS name cannot be had again.',
        call: concrete('elb', 'DeleteLoadBalancer', { LoadBalancerName: id }),
      },
    ];
  },
);
