import { meshes, spec } from '../detectors/appmesh.ts';
import { call, document, edit, remediations } from '../src/control.ts';

// The call replaces the whole specification: what is left out goes back to its default.
const specDocument = document(spec, {
  write: call('appmesh', 'UpdateMesh', ({ id }, wanted) => ({ meshName: id, spec: wanted })),
});

export const meshRemediations = remediations(meshes, {
  509: edit(
    specDocument,
    {
      mode: 'approve',
      impact:
        'workloads of the mesh at once lose every host that is not defined in it: databases, payment, other companies; AWS itself (*.amazonaws.com) stays reachable. Make virtual services and nodes for what they need first',
      note: 'The command of the document sends the filter alone, and the IP preference of the mesh is lost. AWS ended App Mesh on 2026-09-30: a mesh that still answers should move on rather than be set right.',
    },
    (current) => ({ ...current, egressFilter: { ...current.egressFilter, type: 'DROP_ALL' as const } }),
  ),
});
