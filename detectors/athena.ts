import type { EncryptionConfiguration } from '@aws-sdk/client-athena';
import {
  derive,
  detectors,
  fail,
  ids,
  missing,
  nextToken,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../src/control.ts';

const configuration = read(
  'athena',
  'GetWorkGroup',
  ({ id }) => ({ WorkGroup: id }),
  (out) => (out.WorkGroup === undefined ? missing : (out.WorkGroup.Configuration ?? {})),
);

/** How a work group keeps the results of queries. */
export interface Results {
  /** Whether clients cannot choose otherwise. */
  readonly enforced: boolean;
  readonly location: string | undefined;
  readonly encryption: EncryptionConfiguration | undefined;
  /** Athena keeps them itself, and always encrypts them. */
  readonly managed: boolean;
}

export const results = derive(
  { configuration },
  ({
    configuration: { EnforceWorkGroupConfiguration, ResultConfiguration, ManagedQueryResultsConfiguration },
  }): Results => ({
    enforced: EnforceWorkGroupConfiguration === true,
    location: ResultConfiguration?.OutputLocation || undefined,
    encryption: ResultConfiguration?.EncryptionConfiguration,
    managed: ManagedQueryResultsConfiguration?.Enabled === true,
  }),
);

const engine = derive(
  { configuration },
  ({ configuration: { EngineVersion } }) =>
    EngineVersion?.EffectiveEngineVersion ?? EngineVersion?.SelectedEngineVersion ?? '',
);

const ifQueries = (engine: string, judge: () => Verdict): Verdict =>
  /spark/i.test(engine) ? skip('the work group runs Spark, which has no such settings') : judge();

const on = {
  'athena:CreateWorkGroup': ids('requestParameters.name'),
  'athena:UpdateWorkGroup': ids('requestParameters.workGroup'),
  'athena:DeleteWorkGroup': ids('requestParameters.workGroup'),
};

export const workGroups = detectors(
  resource('AWS::Athena::WorkGroup', {
    service: 'athena',
    arn: ({ partition, region, account, id }) => `arn:${partition}:athena:${region}:${account}:workgroup/${id}`,
    list: readPages(
      'athena',
      'ListWorkGroups',
      () => ({}),
      (out) => (out.WorkGroups ?? []).flatMap(({ Name }) => Name ?? []),
      nextToken,
    ),
    // Athena has no code of its own for a work group that is not there.
    gone: ['InvalidRequestException'],
    tags: read(
      'athena',
      'ListTagsForResource',
      ({ arn }) => ({ ResourceARN: arn }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    325: {
      title: 'Athena work group lets no client override its settings',
      criticality: 'MEDIUM',
      on,
      reads: { engine, results },
      check: ({ engine, results }) =>
        ifQueries(engine, () => (results.enforced ? pass : fail('clients may override the settings'))),
      note: 'Enforced settings without encryption would switch off what clients ask for: the fix adds encryption where there is none. A work group without a place for results is left to a person, since all its queries would fail.',
    },
    374: {
      title: 'Athena work group encrypts the results of queries',
      criticality: 'HIGH',
      on,
      reads: { engine, results },
      check: ({ engine, results }) =>
        ifQueries(engine, () =>
          results.managed || results.encryption?.EncryptionOption
            ? pass
            : fail('results are written without encryption'),
        ),
      note: "The document's command enforces the settings as well, which would take the clients' own places for results away: that is 325, and a decision of its own. Results that Athena keeps itself are always encrypted.",
    },
  },
);
