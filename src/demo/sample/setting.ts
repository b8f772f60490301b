import { ec2Id, iamId, uuid } from './ids.ts';

/** Where the sample account is, and what time it is there. */
export interface Setting {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly now: () => Date;
}

/** The ids of the sample account's resources, by the names that people call them. */
export const sampleIds = {
  web1: ec2Id('i', 'web-1'),
  web2: ec2Id('i', 'web-2'),
  web1Root: ec2Id('vol', 'web-1 root'),
  web1Data: ec2Id('vol', 'web-1 data'),
  web2Root: ec2Id('vol', 'web-2 root'),
  goldenImage: ec2Id('ami', 'golden-web'),
  internalImage: ec2Id('ami', 'golden-batch'),
  ordersSnapshot: ec2Id('snap', 'orders before migration'),
  nightlySnapshot: ec2Id('snap', 'orders nightly'),
  vpc: ec2Id('vpc', 'shop'),
  publicSubnet: ec2Id('subnet', 'shop public a'),
  privateSubnet: ec2Id('subnet', 'shop private a'),
  webGroup: ec2Id('sg', 'web'),
  databaseGroup: ec2Id('sg', 'orders-db'),
  staleKey: iamId('AKIA', 'ci-deploy', 16),
  freshKey: iamId('AKIA', 'bob', 16),
  volumeKey: uuid('key volumes'),
  awsVolumeKey: uuid('key aws/ebs'),
} as const;

/** Another account, with which things are shared on purpose. */
export const PARTNER = '999988887777';

const DAY = 24 * 60 * 60 * 1000;

/** The moment some days before the account's now. */
export function ago({ now }: Setting, days: number): Date {
  return new Date(now().getTime() - days * DAY);
}
