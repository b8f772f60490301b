import { detectorTables } from '../detectors/index.ts';
import { remediationTables } from '../remediations/index.ts';
import { createDoor } from '../src/aws/door.ts';
import type { AwsPort, Request } from '../src/aws/port.ts';
import { type Control, joinCatalogue } from '../src/catalogue.ts';
import type { Mode } from '../src/control/remediation.ts';
import { atOf, evaluate } from '../src/judge/judge.ts';
import { createSession, type Session } from '../src/judge/session.ts';
import type { Plan } from '../src/plan/plan.ts';
import { planFixes } from '../src/plan/planner.ts';
import { asDefined, type PlanSettings } from '../src/plan/settings.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const NOW = new Date('2026-06-30T12:00:00Z');

export const catalogue = joinCatalogue(detectorTables, remediationTables);

/** The control of a number. */
export function controlOf(number: number): Control {
  const control = catalogue.get(number);
  if (control === undefined) throw new Error(`There is no control ${number}.`);
  return control;
}

/** What AWS answers to one operation: always the same, an error, or made from the input. */
export type Answer = object | Error | ((input: Readonly<Record<string, unknown>>) => object);
/** Answers by service and operation: `'s3:GetBucketAcl'`. */
export type Answers = Readonly<Record<string, Answer>>;

/** An error as the SDK throws it: AWS's code is its name. */
export function awsError(name: string, message = `${name} happened`): Error {
  return Object.assign(new Error(message), { name });
}

/** An AWS that answers from a table and keeps what it was asked. Whatever is not in the table fails. */
export function tableAws(answers: Answers): AwsPort & { readonly asked: readonly Request[] } {
  const asked: Request[] = [];
  return {
    asked,
    identity: async () => ({ account: ACCOUNT, partition: 'aws', arn: `arn:aws:iam::${ACCOUNT}:role/redress` }),
    async send(request) {
      asked.push(request);
      const answer = answers[`${request.service}:${request.operation}`] ?? awsError('NotInTheTable');
      if (answer instanceof Error) throw answer;
      const output = typeof answer === 'function' ? answer({ ...request.input }) : answer;
      if (output instanceof Error) throw output;
      return { output: { ...output }, requestId: `request-${asked.length}` };
    },
  };
}

/** A session that reads from a table of answers. */
export const sessionOn = (answers: Answers): Session =>
  createSession(createDoor({ port: tableAws(answers), mode: 'dry-run' }).reader);

/** The moment and place of a resource of a control. Account and region settings have the account as their id. */
export function placeOf(number: number, id = ACCOUNT, now = NOW) {
  const { resource } = controlOf(number).detector;
  const region = resource.global ? 'us-east-1' : REGION;
  return atOf(resource, { partition: 'aws', account: ACCOUNT, region, id }, now);
}

/** What a control says of a resource, in one line: `pass`, or the verdict and why. */
export async function judge(number: number, id: string | undefined, answers: Answers, now = NOW): Promise<string> {
  const { verdict, because } = await evaluate(sessionOn(answers), controlOf(number), placeOf(number, id, now));
  return because === '' ? verdict : `${verdict}: ${because}`;
}

export interface Configured {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly modes?: Readonly<Record<number, Mode>>;
}

export function settingsOf({ parameters = {}, modes = {} }: Configured): PlanSettings {
  return { ...asDefined, mode: (control) => modes[control], parameters: () => parameters };
}

/** The plans for controls that fail on one resource. */
export async function plansFor(
  numbers: readonly number[],
  id: string | undefined,
  answers: Answers,
  configured: Configured = {},
): Promise<readonly Plan[]> {
  const [first] = numbers;
  if (first === undefined) return [];
  const fixes = planFixes(sessionOn(answers), numbers.map(controlOf), placeOf(first, id), settingsOf(configured));
  return (await fixes).plans;
}

/** The one plan for one control. */
export async function planFor(
  number: number,
  id: string | undefined,
  answers: Answers,
  configured: Configured = {},
): Promise<Plan> {
  const [plan, ...more] = await plansFor([number], id, answers, configured);
  if (plan === undefined || more.length > 0) throw new Error(`Expected one plan, not ${more.length + (plan ? 1 : 0)}.`);
  return plan;
}

/** The calls of a plan and of its undo: `['s3:PutBucketAcl', input]`. */
export function callsOf(plan: Plan) {
  const plain = (steps: Plan['steps']) =>
    steps.map(({ service, operation, input }) => [`${service}:${operation}`, input]);
  return { steps: plain(plan.steps), undo: plain(plan.undo.steps) };
}
