import { expect, it } from 'vitest';
import { personal } from '../../src/cli/workflow.ts';
import { parseConfig } from '../../src/config.ts';
import { catalogue, planFor } from '../controls.ts';

it("lets a person's word count for the plans that they have chosen, and for no other", async () => {
  const config = parseConfig('{}', 'redress.yaml', catalogue);
  const [chosen, other] = await Promise.all(['a', 'b'].map((id) => planFor(48, id, { 's3:GetBucketVersioning': {} })));
  if (chosen === undefined || other === undefined) throw new Error('no plans');
  const { policyFor } = personal(config, new Set([chosen.id]));
  expect(policyFor(chosen)).toMatchObject({ apply: true, approvalsNeeded: 1 });
  expect(policyFor(other)).toMatchObject({ apply: false });
});
