import type { Service } from '../aws/sdk.ts';
import type { Read } from './read.ts';

/** Where a resource lives. `partition` is `aws`, `aws-cn` or `aws-us-gov`, never assumed. */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

export type Tags = Readonly<Record<string, string>>;

/** One resource at one moment: what every read, check and call is given. */
export interface At extends Place {
  readonly id: string;
  readonly arn: string;
  /** The moment of judgement. Checks take the time from here, never from the clock. */
  readonly now: Date;
  /** Only where the configuration asks for tags; missing when they could not be read. */
  readonly tags?: Tags;
}

/**
 * What a finding can be about.
 *
 * - `resource`: one thing with an id of its own;
 * - `region`: a setting of an account in one region;
 * - `account`: a setting of a whole account.
 */
export type Scope = 'resource' | 'region' | 'account';

/** A type of resource: how its ARN is made, how its resources are listed, how AWS says that one is gone. */
export interface Resource {
  /** The CloudFormation name, or one in its style where CloudFormation has none. */
  readonly type: string;
  readonly service: Service;
  readonly scope: Scope;
  /** Global services answer in one region of the partition, wherever an event came from. */
  readonly global: boolean;
  readonly arn: (at: Place & { readonly id: string }) => string;
  /** Every id in the place, for a sweep. Account and region settings need none. */
  readonly list: Read<readonly string[]> | undefined;
  /** Error codes that say the resource does not exist (any more). */
  readonly gone: readonly string[];
  /** How its tags are read. Settings, and types that AWS does not tag, have none. */
  readonly tags: Read<Tags> | undefined;
}

interface ResourceSpec {
  service: Service;
  global?: boolean;
  arn: Resource['arn'];
  list: Read<readonly string[]>;
  gone?: readonly string[];
  tags?: Read<Tags>;
}

/** Declares a type of resource that has ids of its own. */
export function resource(type: string, spec: ResourceSpec): Resource {
  return {
    type,
    scope: 'resource',
    service: spec.service,
    global: spec.global ?? false,
    arn: spec.arn,
    list: spec.list,
    gone: spec.gone ?? [],
    tags: spec.tags,
  };
}

/**
 * Declares the settings that a service keeps once per account.
 * The ARN is that of the account itself, so that all its findings sort together.
 */
export function accountSettings(service: Service): Resource {
  return {
    type: 'AWS::Account',
    scope: 'account',
    service,
    global: true,
    arn: ({ partition, account }) => `arn:${partition}:account::${account}:account`,
    list: undefined,
    gone: [],
    tags: undefined,
  };
}

/** Declares the settings that a service keeps once per account and region. */
export function regionSettings(service: Service): Resource {
  return {
    type: 'AWS::Account',
    scope: 'region',
    service,
    global: false,
    arn: ({ partition, account, region }) => `arn:${partition}:account:${region}:${account}:account`,
    list: undefined,
    gone: [],
    tags: undefined,
  };
}

/** Tags as AWS lists them, by key. */
export function tagsFrom(list: readonly { readonly Key?: string; readonly Value?: string }[] | undefined): Tags {
  return Object.fromEntries((list ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
}
