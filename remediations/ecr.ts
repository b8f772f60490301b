import { repositories, repository, repositoryPolicy, scanOnPush, scanType, tagMutability } from '../detectors/ecr.ts';
import {
  byHand,
  call,
  concrete,
  document,
  edit,
  guide,
  openStatements,
  optional,
  orNoPolicy,
  pinEveryone,
  read,
  remediations,
  replaceStatements,
  withoutEveryone,
} from '../src/control.ts';
import { chosenAccount } from './chosen.ts';

const policyDocument = document(repositoryPolicy, {
  write: call('ecr', 'SetRepositoryPolicy', ({ id }, policy) => ({
    repositoryName: id,
    policyText: JSON.stringify(policy),
  })),
  remove: call('ecr', 'DeleteRepositoryPolicy', ({ id }) => ({ repositoryName: id })),
  settle: orNoPolicy,
});

const tagMutabilityDocument = document(tagMutability, {
  write: call('ecr', 'PutImageTagMutability', ({ id }, { mode, exceptions }) => ({
    repositoryName: id,
    imageTagMutability: mode,
    ...(exceptions.length > 0 ? { imageTagMutabilityExclusionFilters: [...exceptions] } : {}),
  })),
});

const scanOnPushDocument = document(scanOnPush, {
  write: call('ecr', 'PutImageScanningConfiguration', ({ id }, scanOnPush) => ({
    repositoryName: id,
    imageScanningConfiguration: { scanOnPush },
  })),
});

const lifecyclePolicy = read(
  'ecr',
  'GetLifecyclePolicy',
  ({ id }) => ({ repositoryName: id }),
  (out) => out.lifecyclePolicyText,
  { absent: ['LifecyclePolicyNotFoundException'] },
);

const repositoryTags = read(
  'ecr',
  'ListTagsForResource',
  ({ arn }) => ({ resourceArn: arn }),
  (out) => (out.tags ?? []).filter(({ Key }) => !Key?.startsWith('aws:')),
);

export const repositoryRemediations = remediations(repositories, {
  293: edit(
    policyDocument,
    {
      mode: 'approve',
      impact:
        'accounts that pulled as "everyone" are refused at their next pull or deployment; accounts and services that the policy names, and IAM policies of the own account, stay',
      parameters: {
        callerAccountId: optional('Account that may go on as everyone did; empty means nobody that is not named.', ''),
      },
    },
    (current, { parameters }) => {
      const { callerAccountId } = parameters;
      const chosen = callerAccountId ? chosenAccount('callerAccountId', callerAccountId) : undefined;
      if (chosen !== undefined && 'byHand' in chosen) return chosen;
      const open = new Set(openStatements(current));
      return replaceStatements(current, (statement) => {
        if (!open.has(statement)) return [statement];
        return chosen ? pinEveryone(statement, chosen.account) : withoutEveryone(statement);
      });
    },
  ),

  305: edit(
    tagMutabilityDocument,
    {
      mode: 'approve',
      impact:
        'pipelines that push latest, or a branch, again and again fail at their next push; images that exist, and what runs, are untouched',
      parameters: {
        mutableTags: optional(
          'Tags that may still be moved, separated by commas, * for any text: latest, dev-*. Empty means none.',
          '',
        ),
      },
    },
    (_, { parameters }) => {
      const patterns = parameters.mutableTags.split(/[\s,]+/).filter(Boolean);
      // ECR takes at most five patterns (API reference, PutImageTagMutability).
      if (patterns.length > 5 || patterns.includes('*'))
        return byHand(`mutableTags is "${parameters.mutableTags}"; name five patterns at most, and not all tags`);
      return patterns.length === 0
        ? { mode: 'IMMUTABLE' as const, exceptions: [] }
        : {
            mode: 'IMMUTABLE_WITH_EXCLUSION' as const,
            exceptions: patterns.map((filter) => ({ filterType: 'WILDCARD' as const, filter })),
          };
    },
  ),

  358: guide(
    {
      impact:
        'images get a new address: everything that pulls or pushes by the old one must change before the old repository goes',
      reads: { repository, repositoryPolicy, lifecyclePolicy, repositoryTags },
      parameters: {
        repositoryKeyArn: optional("KMS key for images; empty means AWS's own key for ECR.", ''),
      },
      note: 'The encryption of a repository is fixed when it is made: it is replaced by a new one.',
    },
    ({ id, region, repository, repositoryPolicy, lifecyclePolicy, repositoryTags, parameters }) => {
      const name = `${id}-kms`;
      const host = repository.repositoryUri?.slice(0, -id.length - 1) ?? '<registry>';
      const filters = repository.imageTagMutabilityExclusionFilters ?? [];
      return [
        {
          text: `Find what pulls from and pushes to ${host}/${id}: task definitions, pods, functions, pipelines, and the events BatchGetImage and PutImage of CloudTrail. Check whether a pull-through cache or replication makes repositories here: then set KMS in its creation template first.`,
        },
        {
          text: 'Make the new repository beside the old one, with the same settings and tags.',
          call: concrete('ecr', 'CreateRepository', {
            repositoryName: name,
            encryptionConfiguration: {
              encryptionType: 'KMS',
              ...(parameters.repositoryKeyArn ? { kmsKey: parameters.repositoryKeyArn } : {}),
            },
            imageTagMutability: repository.imageTagMutability,
            ...(filters.length > 0 ? { imageTagMutabilityExclusionFilters: filters } : {}),
            imageScanningConfiguration: repository.imageScanningConfiguration,
            ...(repositoryTags.length > 0 ? { tags: [...repositoryTags] } : {}),
          }),
        },
        ...(repositoryPolicy === undefined
          ? []
          : [
              {
                text: 'Let in the same accounts and services.',
                call: concrete('ecr', 'SetRepositoryPolicy', {
                  repositoryName: name,
                  policyText: JSON.stringify(repositoryPolicy),
                }),
              },
            ]),
        {
          text: `Copy every image with its digest and tags, all platforms, signatures and attestations included: crane copy --all-tags ${host}/${id} ${host}/${name} (after aws ecr get-login-password --region ${region}). Compare the digests of list-images on both sides, untagged ones too.`,
        },
        ...(lifecyclePolicy === undefined
          ? []
          : [
              {
                text: 'Only when all images are there, set the lifecycle rules: copies look new to them, so preview first what they would delete.',
                call: concrete('ecr', 'PutLifecyclePolicy', {
                  repositoryName: name,
                  lifecyclePolicyText: lifecyclePolicy,
                }),
              },
            ]),
        {
          text: `Point pipelines to ${host}/${name}, then what runs, one after the other. Functions of Lambda need the new image by name. To go back, point them to ${id} again: it is untouched.`,
        },
        {
          text: `Wait until no BatchGetImage has named ${id} for as long as your rarest job or rollback may take. Then empty the old repository and delete it. Without force this fails while an image is left, which is what you want.`,
          call: concrete('ecr', 'DeleteRepository', { repositoryName: id }),
        },
      ];
    },
  ),

  377: edit(
    scanOnPushDocument,
    {
      mode: 'auto',
      impact: 'none: the basic scan is free and runs beside; images that are there already are not scanned by this',
      reads: { scanType },
    },
    (_, { scanType }) =>
      scanType === 'ENHANCED'
        ? byHand(
            'Amazon Inspector scans this registry by its own rules: add a rule that covers this repository to those that are there (get-registry-scanning-configuration, then put-registry-scanning-configuration with all of them)',
          )
        : true,
  ),
});
