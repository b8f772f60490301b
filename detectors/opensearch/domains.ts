import type { DomainStatus } from '@aws-sdk/client-opensearch';
import { ids, missing, read, resource, tagsFrom } from '../../src/control.ts';

export const tags = read(
  'opensearch',
  'ListTags',
  ({ arn }) => ({ ARN: arn }),
  (out) => tagsFrom(out.TagList),
);

/** Domains of both engines: this API reads the ones that were made by the older Elasticsearch API as well. */
export const domains = resource('AWS::OpenSearchService::Domain', {
  service: 'opensearch',
  arn: ({ partition, region, account, id }) => `arn:${partition}:es:${region}:${account}:domain/${id}`,
  list: read(
    'opensearch',
    'ListDomainNames',
    () => ({}),
    (out) => (out.DomainNames ?? []).flatMap(({ DomainName }) => DomainName ?? []),
  ),
  gone: ['ResourceNotFoundException'],
  tags,
});

/** A domain. One that is being deleted counts as gone. */
export const domain = read(
  'opensearch',
  'DescribeDomain',
  ({ id }) => ({ DomainName: id }),
  (out) => (out.DomainStatus === undefined || out.DomainStatus.Deleted ? missing : out.DomainStatus),
);

const named = ids('requestParameters.domainName');

/** What makes and deletes domains, by either API. */
export const replacements = {
  'es:CreateDomain': named,
  'es:CreateElasticsearchDomain': named,
  'es:DeleteDomain': named,
  'es:DeleteElasticsearchDomain': named,
};
export const changes = {
  ...replacements,
  'es:UpdateDomainConfig': named,
  'es:UpdateElasticsearchDomainConfig': named,
};
export const upgrades = { ...replacements, 'es:UpgradeDomain': named, 'es:UpgradeElasticsearchDomain': named };

/** `Elasticsearch_7.10` taken apart. */
export function engineOf(version = ''): { line: string; major: number; minor: number } {
  const [line = '', number = ''] = version.split('_');
  const [major = 0, minor = 0] = number.split('.').map(Number);
  return { line, major, minor };
}

/** Whether a domain runs an Elasticsearch before a version. Every OpenSearch is newer than every Elasticsearch. */
export function isBefore(
  { EngineVersion }: Pick<DomainStatus, 'EngineVersion'>,
  major: number,
  minor: number,
): boolean {
  const engine = engineOf(EngineVersion);
  if (engine.line !== 'Elasticsearch') return false;
  return engine.major < major || (engine.major === major && engine.minor < minor);
}

/** The engine as people say it: "Elasticsearch 7.10". */
export const engineName = ({ EngineVersion }: Pick<DomainStatus, 'EngineVersion'>): string =>
  EngineVersion?.replace('_', ' ') ?? 'an unknown engine';
