import { instances, metadataOptions } from '../../detectors/ec2/instances.ts';
import { call, document, edit, remediations } from '../../src/control.ts';

// All options are sent: AWS refuses tokens without the endpoint's state on some instances.
const metadataDocument = document(metadataOptions, {
  write: call('ec2', 'ModifyInstanceMetadataOptions', ({ id }, options) => ({ InstanceId: id, ...options })),
});

export const instanceRemediations = remediations(instances, {
  322: edit(
    metadataDocument,
    {
      mode: 'approve',
      impact:
        'software that only speaks IMDSv1 (old SDKs and agents) loses its role credentials; no reboot. The metric MetadataNoToken shows whether anything still does',
    },
    (current) => ({ ...current, HttpTokens: 'required' }),
  ),
});
