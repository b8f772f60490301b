import {
  derive,
  detectors,
  fail,
  ids,
  lowerNextToken,
  missing,
  pass,
  read,
  readPages,
  resource,
  skip,
} from '../src/control.ts';

const mesh = read(
  'appmesh',
  'DescribeMesh',
  ({ id }) => ({ meshName: id }),
  (out) => (out.mesh === undefined || out.mesh.status?.status === 'DELETED' ? missing : out.mesh),
);

/** What is set for a mesh, which is written as a whole. */
export const spec = derive({ mesh }, ({ mesh }) => mesh.spec ?? {});

const owner = derive({ mesh }, ({ mesh, account }) => mesh.metadata?.meshOwner ?? account);

export const meshes = detectors(
  resource('AWS::AppMesh::Mesh', {
    service: 'appmesh',
    arn: ({ partition, region, account, id }) => `arn:${partition}:appmesh:${region}:${account}:mesh/${id}`,
    list: readPages(
      'appmesh',
      'ListMeshes',
      () => ({}),
      // Meshes that other accounts share are listed too; only their owners can change them.
      (out, { account }) =>
        (out.meshes ?? []).flatMap(({ meshName, meshOwner = account }) =>
          meshName && meshOwner === account ? [meshName] : [],
        ),
      lowerNextToken,
    ),
    gone: ['NotFoundException'],
    // A mesh has at most fifty tags, which fit on one page.
    tags: read(
      'appmesh',
      'ListTagsForResource',
      ({ arn }) => ({ resourceArn: arn, limit: 50 }),
      (out) => Object.fromEntries((out.tags ?? []).flatMap(({ key, value }) => (key ? [[key, value ?? '']] : []))),
    ),
  }),
  {
    509: {
      title: 'App Mesh drops what leaves for the outside',
      criticality: 'MEDIUM',
      on: {
        'appmesh:CreateMesh': ids('requestParameters.meshName', 'responseElements.mesh.meshName'),
        'appmesh:UpdateMesh': ids('requestParameters.meshName'),
      },
      reads: { spec, owner },
      check: ({ spec, owner }, { account }) => {
        if (owner !== account) return skip(`the mesh belongs to account ${owner}`);
        const type = spec.egressFilter?.type ?? 'DROP_ALL';
        return type === 'DROP_ALL' ? pass : fail('proxies let traffic to hosts outside of the mesh through');
      },
      note: 'AWS ended App Mesh on 2026-09-30. Where it no longer answers nothing is judged: switch the control off there. A mesh without a filter drops, as that is the default.',
    },
  },
);
