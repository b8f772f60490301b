import {
  type At,
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readEach,
  readPages,
  resource,
  tagsFrom,
} from '../src/control.ts';

/** The accelerators of an account answer in one region, wherever their endpoints are. */
const whereTheyAnswer = ({ region }: At) => (region === 'us-west-2' ? [{}] : []);

const arnsOf = (list: readonly { readonly AcceleratorArn?: string | undefined }[] | undefined): string[] =>
  (list ?? []).flatMap(({ AcceleratorArn }) => AcceleratorArn ?? []);

const customRoutingOf = (inputs: (at: At) => readonly object[]) =>
  readPages('globalaccelerator', 'ListCustomRoutingAccelerators', inputs, (out) => arnsOf(out.Accelerators), nextToken);

const standardThere = readPages(
  'globalaccelerator',
  'ListAccelerators',
  whereTheyAnswer,
  (out) => arnsOf(out.Accelerators),
  nextToken,
);
const customRoutingThere = customRoutingOf(whereTheyAnswer);

// Both kinds have ARNs of one form, and calls of their own.
const customRouting = customRoutingOf(() => [{}]);
export const isCustomRouting = derive({ customRouting }, ({ id, customRouting }) => customRouting.includes(id));

const standard = readEach(
  'globalaccelerator',
  'DescribeAcceleratorAttributes',
  ({ id, isCustomRouting }) => (isCustomRouting ? [] : [{ AcceleratorArn: id }]),
  (out) => out.AcceleratorAttributes ?? {},
  { needs: { isCustomRouting } },
);
const custom = readEach(
  'globalaccelerator',
  'DescribeCustomRoutingAcceleratorAttributes',
  ({ id, isCustomRouting }) => (isCustomRouting ? [{ AcceleratorArn: id }] : []),
  (out) => out.AcceleratorAttributes ?? {},
  { needs: { isCustomRouting } },
);
const attributes = derive({ standard, custom }, ({ standard, custom }) => only([...standard, ...custom]));

/** Where flow logs go, or nothing while they are off: a bucket that is named but not used says nothing. */
export const flowLogs = derive({ attributes }, ({ attributes }) =>
  attributes.FlowLogsEnabled === true && attributes.FlowLogsS3Bucket
    ? { bucket: attributes.FlowLogsS3Bucket, prefix: attributes.FlowLogsS3Prefix ?? '' }
    : undefined,
);

const made = ids('responseElements.accelerator.acceleratorArn');
const named = ids('requestParameters.acceleratorArn');

export const accelerators = detectors(
  resource('AWS::GlobalAccelerator::Accelerator', {
    service: 'globalaccelerator',
    arn: ({ id }) => id,
    list: derive({ standardThere, customRoutingThere }, ({ standardThere, customRoutingThere }) => [
      ...new Set([...standardThere, ...customRoutingThere]),
    ]),
    gone: ['AcceleratorNotFoundException'],
    tags: read(
      'globalaccelerator',
      'ListTagsForResource',
      ({ id }) => ({ ResourceArn: id }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    319: {
      title: 'Global accelerator writes flow logs',
      criticality: 'MEDIUM',
      on: {
        'globalaccelerator:CreateAccelerator': made,
        'globalaccelerator:UpdateAcceleratorAttributes': named,
        'globalaccelerator:CreateCustomRoutingAccelerator': made,
        'globalaccelerator:UpdateCustomRoutingAcceleratorAttributes': named,
      },
      reads: { flowLogs },
      check: ({ flowLogs }) => (flowLogs === undefined ? fail('flow logs are off') : pass),
      note: 'Global Accelerator has its API and its events in us-west-2 only: watch that region. Custom routing accelerators are judged too.',
    },
  },
);
