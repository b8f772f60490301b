import { defaults, transitGateways } from '../../detectors/ec2/transit-gateways.ts';
import { call, document, edit, remediations } from '../../src/control.ts';

// Only what changes is sent: all other options of a transit gateway keep their value.
const defaultsDocument = document(defaults, {
  write: call('ec2', 'ModifyTransitGateway', ({ id }, wanted, current) => ({
    TransitGatewayId: id,
    Options: {
      ...(wanted.association === current.association
        ? {}
        : {
            DefaultRouteTableAssociation: wanted.association,
            ...tableWhenOn(wanted.association, { AssociationDefaultRouteTableId: wanted.associationTable }),
          }),
      ...(wanted.propagation === current.propagation
        ? {}
        : {
            DefaultRouteTablePropagation: wanted.propagation,
            ...tableWhenOn(wanted.propagation, { PropagationDefaultRouteTableId: wanted.propagationTable }),
          }),
    },
  })),
});

/** The table has to be named to switch it on again, and may not be to switch it off. */
const tableWhenOn = <T extends object>(state: string, table: T): Partial<T> => (state === 'enable' ? table : {});

export const transitGatewayRemediations = remediations(transitGateways, {
  228: edit(
    defaultsDocument,
    {
      mode: 'approve',
      impact:
        'traffic that flows goes on; attachments made from now on have no route table and pass no traffic until somebody associates one. Whoever attaches VPCs must be told',
    },
    (current) => ({ ...current, association: 'disable' as const }),
  ),
  229: edit(
    defaultsDocument,
    {
      mode: 'approve',
      impact:
        'traffic that flows goes on; routes of attachments made from now on are known to no table until somebody propagates them. Whoever attaches VPCs must be told',
    },
    (current) => ({ ...current, propagation: 'disable' as const }),
  ),
});
