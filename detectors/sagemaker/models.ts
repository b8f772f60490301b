import { detectors, fail, ids, nextToken, pass, read, readPages, resource } from '../../src/control.ts';
import { GONE, tags } from './jobs.ts';

export const model = read(
  'sagemaker',
  'DescribeModel',
  ({ id }) => ({ ModelName: id }),
  (out) => out,
);

const name = ids('requestParameters.modelName');

export const models = detectors(
  resource('AWS::SageMaker::Model', {
    service: 'sagemaker',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:sagemaker:${region}:${account}:model/${id.toLowerCase()}`,
    list: readPages(
      'sagemaker',
      'ListModels',
      () => ({}),
      (out) => (out.Models ?? []).flatMap(({ ModelName }) => ModelName ?? []),
      nextToken,
    ),
    gone: GONE,
    tags,
  }),
  {
    483: {
      title: 'Model gives its containers no network',
      criticality: 'HIGH',
      on: { 'sagemaker:CreateModel': name, 'sagemaker:DeleteModel': name },
      reads: { model },
      check: ({ model }) =>
        model.EnableNetworkIsolation === true ? pass : fail('the containers of the model have a network'),
      note: 'The document makes a second model and leaves endpoints with the first.',
    },
  },
);
