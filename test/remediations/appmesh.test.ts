import { describe, expect, it } from 'vitest';
import { callsOf, judge, planFor } from '../controls.ts';

const spec = { egressFilter: { type: 'ALLOW_ALL' }, serviceDiscovery: { ipPreference: 'IPv6_ONLY' } };
const answering = (spec: unknown) => ({ 'appmesh:DescribeMesh': { mesh: { meshName: 'shop', spec } } });

describe('509', () => {
  it('drops, keeps the IP preference, and goes back to all of it', async () => {
    const plan = await planFor(509, 'shop', answering(spec));
    const wanted = { ...spec, egressFilter: { type: 'DROP_ALL' } };
    expect(callsOf(plan)).toEqual({
      steps: [['appmesh:UpdateMesh', { meshName: 'shop', spec: wanted }]],
      undo: [['appmesh:UpdateMesh', { meshName: 'shop', spec }]],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
    expect(await judge(509, 'shop', answering(wanted))).toBe('pass');
  });
});
