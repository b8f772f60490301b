import type { ImageTagMutabilityExclusionFilter } from '@aws-sdk/client-ecr';
import {
  derive,
  detectors,
  fail,
  ids,
  lowerNextToken,
  only,
  openStatements,
  parsePolicy,
  pass,
  place,
  read,
  readPages,
  resource,
  tagsFrom,
  through,
} from '../src/control.ts';

const names = readPages(
  'ecr',
  'DescribeRepositories',
  () => ({}),
  (out) => (out.repositories ?? []).flatMap(({ repositoryName }) => repositoryName ?? []),
  lowerNextToken,
);

export const repository = read(
  'ecr',
  'DescribeRepositories',
  ({ id }) => ({ repositoryNames: [id] }),
  (out) => only(out.repositories),
);

export const repositoryPolicy = read(
  'ecr',
  'GetRepositoryPolicy',
  ({ id }) => ({ repositoryName: id }),
  (out) => parsePolicy(out.policyText),
  { absent: ['RepositoryPolicyNotFoundException'] },
);

/** Whether tags can be moved, and the patterns of those for which it is the other way round. */
export const tagMutability = derive({ repository }, ({ repository }) => {
  const exceptions: readonly ImageTagMutabilityExclusionFilter[] = repository.imageTagMutabilityExclusionFilters ?? [];
  return { mode: repository.imageTagMutability ?? 'MUTABLE', exceptions };
});

/** The repository's own flag. Rules of the registry may decide instead of it. */
export const scanOnPush = derive(
  { repository },
  ({ repository }) => repository.imageScanningConfiguration?.scanOnPush === true,
);

/** What the registry's rules make of the repository in the end. */
const scanning = read(
  'ecr',
  'BatchGetRepositoryScanningConfiguration',
  ({ id }) => ({ repositoryNames: [id] }),
  (out) => out.scanningConfigurations?.[0],
);

/** `ENHANCED`: Amazon Inspector scans, by the rules of the registry alone. */
export const scanType = read(
  'ecr',
  'GetRegistryScanningConfiguration',
  () => ({}),
  (out) => out.scanningConfiguration?.scanType ?? 'BASIC',
);

const repositoryName = ids('requestParameters.repositoryName', 'responseElements.repository.repositoryName');

export const repositories = detectors(
  resource('AWS::ECR::Repository', {
    service: 'ecr',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ecr:${region}:${account}:repository/${id}`,
    list: names,
    gone: ['RepositoryNotFoundException'],
    tags: read(
      'ecr',
      'ListTagsForResource',
      ({ arn }) => ({ resourceArn: arn }),
      (out) => tagsFrom(out.tags),
    ),
  }),
  {
    293: {
      title: 'Repository lets no AWS account in without naming it',
      criticality: 'HIGH',
      on: {
        'ecr:CreateRepository': repositoryName,
        'ecr:SetRepositoryPolicy': repositoryName,
        'ecr:DeleteRepositoryPolicy': repositoryName,
      },
      reads: { repositoryPolicy },
      check: ({ repositoryPolicy }) => {
        const open = openStatements(repositoryPolicy);
        if (open.length === 0) return pass;
        const sids = open.map(({ Sid }) => Sid ?? 'without a Sid').join(', ');
        return fail(`every AWS account is let in by the repository policy (statement ${sids})`);
      },
      note: "The document's policy replaces what is there and lets its user change the policy itself. Redress takes everyone out and leaves the rest.",
    },
    305: {
      title: 'Image tags cannot be moved to another image',
      criticality: 'MEDIUM',
      on: { 'ecr:CreateRepository': repositoryName, 'ecr:PutImageTagMutability': repositoryName },
      reads: { tagMutability },
      check: ({ tagMutability: { mode, exceptions } }) => {
        if (mode === 'IMMUTABLE' || mode === 'IMMUTABLE_WITH_EXCLUSION') return pass;
        const patterns = exceptions.map(({ filter }) => filter).join(', ');
        return fail(patterns ? `all tags but ${patterns} can be moved` : 'tags can be moved to another image');
      },
      note: 'Immutable with exceptions (such as latest) did not exist when the document was written; it passes.',
    },
    358: {
      title: 'Repository is encrypted with KMS',
      criticality: 'HIGH',
      on: { 'ecr:CreateRepository': repositoryName, 'ecr:DeleteRepository': repositoryName },
      reads: { repository },
      check: ({ repository }) =>
        repository.encryptionConfiguration?.encryptionType?.startsWith('KMS')
          ? pass
          : fail('images are encrypted with keys of S3, not of KMS'),
      note: "The evaluation asks only for encryption, which is always so; the heading and the remedy ask for KMS. AWS's own key counts.",
    },
    377: {
      title: 'Images are scanned when they are pushed',
      criticality: 'MEDIUM',
      on: {
        'ecr:CreateRepository': repositoryName,
        'ecr:PutImageScanningConfiguration': repositoryName,
        'ecr:PutRegistryScanningConfiguration': through(names, place),
      },
      reads: { scanning, scanType, scanOnPush },
      check: ({ scanning, scanType, scanOnPush }) => {
        const { scanFrequency } = scanning ?? {};
        if (scanning?.scanOnPush || scanFrequency === 'SCAN_ON_PUSH' || scanFrequency === 'CONTINUOUS_SCAN')
          return pass;
        if (scanType === 'ENHANCED')
          return fail('Amazon Inspector scans this registry, but no rule covers the repository');
        return scanOnPush ? pass : fail('images are not scanned when they are pushed');
      },
      note: "The document sets the repository's flag, which AWS is giving up in favour of rules of the registry: where such a rule covers the repository, it passes. With Inspector's scans the flag counts for nothing.",
    },
  },
);
