import { addressRecords, hostedZones, queryLog, record, recordOf, signing, zoneName } from '../detectors/route53.ts';
import {
  type At,
  byHand,
  call,
  concrete,
  document,
  edit,
  guide,
  type PolicyDocument,
  ref,
  remediations,
  required,
  rootArn,
} from '../src/control.ts';

const queryLogDocument = document(queryLog, {
  write: call('route53', 'CreateQueryLoggingConfig', ({ id }, { group }) => ({
    HostedZoneId: id,
    CloudWatchLogsLogGroupArn: group,
  })),
  remove: call('route53', 'DeleteQueryLoggingConfig', (_, log) => (log ? { Id: log.id } : undefined)),
});

const SIGNER = { Service: 'dnssec-route53.amazonaws.com' };

/** The policy of a key that signs one zone (Route 53 developer guide, key policies for DNSSEC). */
const signingPolicy = ({ arn, account, partition }: Pick<At, 'arn' | 'account' | 'partition'>): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: rootArn({ account, partition }) }, Action: 'kms:*', Resource: '*' },
    {
      Effect: 'Allow',
      Principal: SIGNER,
      Action: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': account }, ArnEquals: { 'aws:SourceArn': arn } },
    },
    {
      Effect: 'Allow',
      Principal: SIGNER,
      Action: 'kms:CreateGrant',
      Resource: '*',
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ],
});

export const hostedZoneRemediations = remediations(hostedZones, {
  443: edit(
    queryLogDocument,
    {
      mode: 'approve',
      impact: 'none for DNS: every query that reaches Route 53 is written and billed as log data',
      parameters: {
        queryLogGroupArn: required(
          'Log group for DNS queries: in us-east-1, in the account of the zone, with a retention, and with a CloudWatch Logs resource policy that lets route53.amazonaws.com create streams and put events. Several zones may share it.',
        ),
      },
      note: 'Redress makes no log group and writes no resource policy: a region has ten of those, and one for log-group:/aws/route53/* serves every zone. The commands of the document leave it out, and AWS refuses them.',
    },
    (_, { partition, account, region, parameters }) => {
      const group = parameters.queryLogGroupArn;
      return group.startsWith(`arn:${partition}:logs:${region}:${account}:log-group:`)
        ? { group, id: ref('write', 'QueryLoggingConfig.Id') }
        : byHand(`queryLogGroupArn is ${group}, which is no log group of this account in ${region}; set it to one`);
    },
  ),

  444: guide(
    {
      impact:
        'none until the parent zone publishes the DS record; from then on a broken key or an early switch-off makes the domain unreachable for everyone who checks',
      reads: { signing, zoneName },
      note: 'The steps of the document leave out what the key must be, and the DS record without which signing has no effect. Only the owner of the domain can order all of that.',
    },
    ({ zoneName, signing, ...at }) => {
      const { id } = at;
      const name = zoneName.replace(/\.$/, '');
      if (signing !== undefined && signing.signature !== 'NOT_SIGNING')
        return [
          {
            text: `Signing of ${name} is ${signing.signature}${signing.message ? `: ${signing.message}` : ''}. Do not switch it off while the parent has the DS record. Look at its keys (aws route53 get-dnssec --hosted-zone-id ${id}): is the KMS key there, enabled, and open to dnssec-route53.amazonaws.com (kms:DescribeKey, kms:GetPublicKey, kms:Sign, kms:CreateGrant)?`,
          },
          {
            text: 'If the KMS key is to be deleted, cancel that first of all; if it is disabled, enable it; if its policy has changed, add the service again. Route 53 then goes on by itself.',
          },
          {
            text: 'If the key cannot be had back: let the parent remove the DS record, wait until its TTL is over, and only then disable signing and begin anew.',
          },
        ];
      return [
        {
          text: `Check that ${name} is served by Route 53 alone (dig NS ${name}) and that its parent takes DS records. With a second DNS provider do not sign here alone. Lower the TTL of NS and SOA for the first weeks; TTLs above a week become a week.`,
        },
        {
          text: 'Set alarms on DNSSECInternalFailure and DNSSECKeySigningKeysNeedingAction of the zone (metrics of AWS/Route53 in us-east-1), so that somebody is woken.',
        },
        {
          text: `Make a KMS key in ${at.region}, in no other region: asymmetric, for signing, of one region, with a policy that lets Route 53 sign this zone and leaves the key to the account. Several zones may share one: let its policy name them all. Never schedule it for deletion while a zone is signed with it.`,
          call: concrete('kms', 'CreateKey', {
            Description: `Signs the zone ${name} (DNSSEC)`,
            KeySpec: 'ECC_NIST_P256',
            KeyUsage: 'SIGN_VERIFY',
            Policy: JSON.stringify(signingPolicy(at)),
          }),
        },
        {
          text: 'Make the key-signing key of the zone with it.',
          call: concrete('route53', 'CreateKeySigningKey', {
            CallerReference: `redress-${id}`,
            HostedZoneId: id,
            KeyManagementServiceArn: '<kms-key-arn>',
            Name: `ksk_${id.toLowerCase()}`,
            Status: 'ACTIVE',
          }),
        },
        {
          text: 'Sign the zone, and wait some hours, at least the longest TTL in it. To go back here: disable signing, then deactivate and delete the key-signing key.',
          call: concrete('route53', 'EnableHostedZoneDNSSEC', { HostedZoneId: id }),
        },
        {
          text: `Now the parent: take the DS record from aws route53 get-dnssec --hosted-zone-id ${id} and give it to whoever runs the parent zone (a domain registered with AWS: route53domains associate-delegation-signer-to-domain). Then check with dig +dnssec ${name} and a resolver that validates.`,
        },
        {
          text: 'From then on going back has an order: remove the DS record, wait until its TTL is over, and only then disable signing. The other way round the domain is unreachable.',
        },
      ];
    },
  ),
});

export const addressRecordRemediations = remediations(addressRecords, {
  401: guide(
    {
      impact: 'the name leads nowhere if the target does not serve it, and caches keep that for the TTL',
      reads: { record },
      note: 'The sample of the document sends the name to a distribution of somebody else and drops the routing policy.',
    },
    ({ id, record }) => {
      const { zone, name, set } = recordOf(id);
      const { TTL, ResourceRecords = [], AliasTarget: _, ...kept } = record;
      return [
        {
          text: `Find out what stands behind ${ResourceRecords.map(({ Value }) => Value).join(', ')} (${name}): an Elastic IP of an instance, a load balancer, something outside of AWS. Aliases lead to load balancers, CloudFront, API Gateway, Global Accelerator, S3 websites, Elastic Beanstalk, interface endpoints, or another record of the zone; for anything else exempt the record.`,
        },
        {
          text: `Check that the target serves ${name}: certificate, virtual host, alias of the distribution. Try it with curl --connect-to before anything changes.`,
        },
        {
          text: `Save the record: aws route53 list-resource-record-sets --hosted-zone-id ${zone} --start-record-name '${name}' --start-record-type A --max-items ${set === undefined ? '1.' : `100 (the one with the identifier ${set}).`} Its TTL is ${TTL ?? 'unknown'} seconds: lower it, and wait that long, so that going back is quick.`,
        },
        {
          text: 'Put the alias in its place. Everything that routes (identifier, weight, health check) stays; TTL and addresses go. The zone id is that of the service of the target, not yours: describe-load-balancers and the like show it.',
          call: concrete('route53', 'ChangeResourceRecordSets', {
            HostedZoneId: zone,
            ChangeBatch: {
              Changes: [
                {
                  Action: 'UPSERT',
                  ResourceRecordSet: {
                    ...kept,
                    AliasTarget: {
                      HostedZoneId: '<zone-id-of-the-target>',
                      DNSName: '<dns-name-of-the-target>',
                      EvaluateTargetHealth: false,
                    },
                  },
                },
              ],
            },
          }),
        },
        {
          text: `Check with dig ${name} against one of the zone's name servers, and with real requests. To go back, upsert the saved record.`,
        },
      ];
    },
  ),
});
