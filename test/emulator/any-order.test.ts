import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../src/redress.ts';
import { connect } from './clients.ts';
import { commandLine, type LoopDriver, type PrintedPlan } from './loop-driver.ts';
import { type Moto, startMoto } from './moto.ts';
import { isFix, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

/**
 * Everything that is wrong with one resource, set right plan by plan, each made
 * on what the one before has left: whichever comes first, all controls pass in
 * the end, and the state is the same.
 */
let moto: Moto;
let driver: LoopDriver | undefined;

beforeAll(async () => {
  moto = await startMoto();
});
afterEach(async () => {
  await driver?.close();
  driver = undefined;
});
afterAll(() => moto.stop());

/** Resource types that several controls fix, and whose every fix the emulator can carry. */
const TYPES = [
  ...['AWS::Account', 'AWS::IAM::User', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key'],
  ...['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancing::LoadBalancer'],
  ...['AWS::ElasticLoadBalancingV2::Listener', 'AWS::SNS::Topic', 'AWS::SQS::Queue', 'AWS::ECR::Repository'],
  ...['AWS::EC2::TransitGateway', 'AWS::CloudTrail::Trail'],
];

/** One scenario of each of them. */
function examples(): readonly Scenario[] {
  const fixable = scenarios.filter((one) => isFix(one) && one.lacks === undefined);
  const byType = new Map<string, Scenario[]>();
  for (const one of fixable) {
    const type = catalogue.get(one.control)?.detector.resource.type ?? '';
    byType.set(type, [...(byType.get(type) ?? []), one]);
  }
  const several = TYPES.flatMap((type) => [byType.get(type) ?? []]);
  return several.flatMap(([first]) => first ?? []);
}

/** More plans than any resource has; a fix that never ends would fail here. */
const MOST_PLANS = 20;

/** Sets everything right, always taking the first plan, or always the last. */
async function setRight(one: Scenario, next: 'first' | 'last') {
  await moto.reset();
  const aws = connect(moto.endpoint);
  const { id, parameters } = await one.arrange(aws);
  const environment = { AWS_ENDPOINT_URL: moto.endpoint };
  driver = await commandLine({ control: one.control, parameters, environment });
  const controls: number[] = [];
  for (let plans = 0; plans < MOST_PLANS; plans += 1) {
    const found = await driver.scan(id);
    const plan = found.plans.filter(isApplicable).at(next === 'first' ? 0 : -1);
    if (plan === undefined) break;
    const { results } = await driver.apply({ ...found, plans: [plan] }, plan.controls);
    expect(results).toMatchObject([{ outcome: 'resolved', controls: plan.controls }]);
    controls.push(...plan.controls);
  }
  const again = await driver.scan(id);
  expect(again.plans.filter(isApplicable)).toEqual([]);
  // A resource that was replaced by a better one is gone, and fails nothing.
  const failing = again.evaluations.filter(({ control, verdict }) => verdict === 'fail' && controls.includes(control));
  expect(failing.map(({ control, because }) => [control, because])).toEqual([]);
  const state = JSON.stringify(await one.state(aws, id)).replaceAll(id, 'ID');
  await driver.close();
  // Ids that AWS makes up differ from one run to the next.
  return {
    controls: [...new Set(controls)].sort((a, b) => a - b),
    state: state.replace(/[0-9a-f]{8,}(-[0-9a-f]{4,})*/g, '…'),
  };
}

const isApplicable = ({ kind, missing, steps }: PrintedPlan): boolean =>
  kind !== 'guide' && missing.length === 0 && steps.length > 0;

describe('all fixes of a resource, in any order', () => {
  it.each(examples().map((one) => [catalogue.get(one.control)?.detector.resource.type, one] as const))(
    '%s',
    // Every control of an account, one plan after the other, twice.
    { timeout: 300_000 },
    async (_, one) => {
      const forwards = await setRight(one, 'first');
      const backwards = await setRight(one, 'last');
      expect(backwards).toEqual(forwards);
    },
  );
});
