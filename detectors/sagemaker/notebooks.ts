import {
  derive,
  detector,
  detectors,
  fail,
  ids,
  nextToken,
  pass,
  read,
  readPages,
  resource,
  skip,
  type Verdict,
} from '../../src/control.ts';
import { encryptionKey, isCustomerManaged } from '../customer-key.ts';
import { GONE, tags } from './jobs.ts';

export const notebook = read(
  'sagemaker',
  'DescribeNotebookInstance',
  ({ id }) => ({ NotebookInstanceName: id }),
  (out) => out,
);

const encryption = encryptionKey(derive({ notebook }, ({ notebook }) => notebook.KmsKeyId));

const name = ids('requestParameters.notebookInstanceName');
const on = {
  'sagemaker:CreateNotebookInstance': name,
  'sagemaker:UpdateNotebookInstance': name,
  'sagemaker:DeleteNotebookInstance': name,
};

/** Judges an instance that is there to stay. */
function ifAlive(status: string | undefined, judge: () => Verdict): Verdict {
  if (status === 'Deleting' || status === 'Failed') return skip(`the notebook instance is ${status.toLowerCase()}`);
  return judge();
}

const customerKey = (title: string, note?: string) =>
  detector({
    title,
    criticality: 'HIGH',
    on,
    reads: { notebook, encryption },
    check: ({ notebook, encryption }) =>
      ifAlive(notebook.NotebookInstanceStatus, () =>
        isCustomerManaged(encryption, 'no KMS key is named: the volume is under a key of AWS'),
      ),
    note,
  });

export const notebooks = detectors(
  resource('AWS::SageMaker::NotebookInstance', {
    service: 'sagemaker',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:sagemaker:${region}:${account}:notebook-instance/${id.toLowerCase()}`,
    list: readPages(
      'sagemaker',
      'ListNotebookInstances',
      () => ({}),
      (out) => (out.NotebookInstances ?? []).flatMap(({ NotebookInstanceName }) => NotebookInstanceName ?? []),
      nextToken,
    ),
    gone: GONE,
    tags,
  }),
  {
    288: customerKey(
      'Notebook instance is encrypted with a key of the customer',
      'The evaluation asks only for encryption, which is always so; the heading and the remedy ask for a customer managed key. The same as 520.',
    ),
    347: {
      title: 'Notebook instance reaches the internet through its VPC only',
      criticality: 'MEDIUM',
      on,
      reads: { notebook },
      check: ({ notebook }) =>
        ifAlive(notebook.NotebookInstanceStatus, () =>
          notebook.DirectInternetAccess === 'Disabled'
            ? pass
            : fail('the notebook instance has a way of its own to the internet'),
        ),
      note: 'The document says that models cannot be trained any more afterwards. They can, with NAT or endpoints in the VPC.',
    },
    467: {
      title: 'Notebook instance gives its users no root access',
      criticality: 'HIGH',
      on,
      reads: { notebook },
      check: ({ notebook }) =>
        ifAlive(notebook.NotebookInstanceStatus, () =>
          notebook.RootAccess === 'Disabled' ? pass : fail('users of the notebook instance are root'),
        ),
      note: "The document's command is refused while the instance runs. Lifecycle scripts go on running as root.",
    },
    519: {
      title: 'Notebook instance names a KMS key for its volume',
      criticality: 'HIGH',
      on,
      reads: { notebook },
      check: ({ notebook }) =>
        ifAlive(notebook.NotebookInstanceStatus, () =>
          notebook.KmsKeyId ? pass : fail('no KMS key is named for the volume'),
        ),
      note: 'Volumes are always encrypted: that a key is named is what is judged. Whose key it is is the matter of 288 and 520.',
    },
    520: customerKey('Notebook instance has its volume under a customer managed key', 'The same as 288.'),
  },
);
