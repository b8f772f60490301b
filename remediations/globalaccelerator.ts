import { accelerators, flowLogs, isCustomRouting } from '../detectors/globalaccelerator.ts';
import { bucket } from '../detectors/s3.ts';
import { call, optional, remediations, required, steps } from '../src/control.ts';
import { logPrefix, withLogDelivery } from './log-delivery.ts';
import { policyDocument } from './s3.ts';

interface Wanted {
  readonly id: string;
  readonly parameters: { readonly logBucket: string; readonly logFolder: string };
}

/** A folder for each accelerator. It has no name of its own that is sure to be there, so the id in its ARN names it. */
const prefixFor = ({ id, parameters }: Wanted): string =>
  logPrefix(parameters.logFolder, id.slice(id.lastIndexOf('/') + 1));

const on = (wanted: Wanted) => ({
  AcceleratorArn: wanted.id,
  FlowLogsEnabled: true,
  FlowLogsS3Bucket: wanted.parameters.logBucket,
  FlowLogsS3Prefix: prefixFor(wanted),
});
const off = ({ id }: Wanted) => ({ AcceleratorArn: id, FlowLogsEnabled: false });

export const acceleratorRemediations = remediations(accelerators, {
  319: steps(
    {
      mode: 'approve',
      impact: 'none for traffic; logs are billed by what flows, and the log bucket grows and costs',
      parameters: {
        logBucket: required(
          'Bucket that receives the flow logs of accelerators, best in us-west-2, where Global Accelerator has its API. If it is encrypted with a key of KMS, let the policy of the key allow delivery.logs.amazonaws.com to use it.',
        ),
        logFolder: optional(
          'Folder of the log bucket in which every accelerator gets a folder of its own; empty means the top of the bucket.',
          '',
        ),
      },
      reads: { flowLogs, isCustomRouting },
      note: "The document makes a bucket and leaves out its policy, without which the call is refused: both statements of the delivery service are added to what the log bucket's policy says. They are for this account and any region, as accelerators have none. The command must go to us-west-2.",
    },
    ({ step, editOf }) => [
      editOf(
        'allow-log-delivery',
        { document: policyDocument, resource: bucket, id: ({ parameters }) => parameters.logBucket },
        (current, context) => withLogDelivery(current, { ...context, region: '*', prefix: prefixFor(context) }),
      ),
      step(
        'turn-on-logs',
        call('globalaccelerator', 'UpdateAcceleratorAttributes', (context) =>
          context.isCustomRouting ? undefined : on(context),
        ),
        {
          repeat: 'safe',
          undo: call('globalaccelerator', 'UpdateAcceleratorAttributes', (context) =>
            context.isCustomRouting ? undefined : off(context),
          ),
        },
      ),
      step(
        'turn-on-custom-routing-logs',
        call('globalaccelerator', 'UpdateCustomRoutingAcceleratorAttributes', (context) =>
          context.isCustomRouting ? on(context) : undefined,
        ),
        {
          repeat: 'safe',
          undo: call('globalaccelerator', 'UpdateCustomRoutingAcceleratorAttributes', (context) =>
            context.isCustomRouting ? off(context) : undefined,
          ),
        },
      ),
    ],
    (context) => ({
      flowLogs: { bucket: context.parameters.logBucket, prefix: prefixFor(context) },
      isCustomRouting: context.isCustomRouting,
    }),
  ),
});
