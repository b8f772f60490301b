import {
  type Copy,
  clusters,
  definition,
  insights,
  isPlain,
  isSilent,
  newest,
  rollouts,
  taskDefinitions,
  users,
} from '../detectors/ecs.ts';
import { byHand, call, document, edit, optional, ref, remediations, required, steps, until } from '../src/control.ts';

// UpdateCluster changes only what it is sent.
const insightsDocument = document(insights, {
  write: call('ecs', 'UpdateCluster', ({ id }, value) => ({
    cluster: id,
    settings: [{ name: 'containerInsights' as const, value }],
  })),
});

export const clusterRemediations = remediations(clusters, {
  312: edit(
    insightsDocument,
    {
      mode: 'approve',
      impact:
        'none for tasks; metrics and performance logs are billed for every cluster, service and task, which is hundreds of dollars a month for a large cluster',
      parameters: {
        insightsLevel: optional(
          'What clusters get that have nothing: `enabled`, or `enhanced` for more detail.',
          'enabled',
        ),
      },
    },
    (current, { parameters: { insightsLevel } }) => {
      if (insightsLevel !== 'enabled' && insightsLevel !== 'enhanced')
        return byHand(`insightsLevel is "${insightsLevel}"; set it to enabled or enhanced`);
      return current === 'disabled' ? insightsLevel : current;
    },
  ),
});

const CORRECTED = ref('register', 'taskDefinition.taskDefinitionArn');

const IMPACT =
  'every service that runs this revision is deployed anew, as by any release, and Redress waits until it is steady. Pipelines, templates (CloudFormation, Terraform), schedules and Step Functions that name the old revision go on with it until they name the new one';
const NOTE =
  'The new revision is a whole copy of this one with that alone corrected. The old one stays active, so that nothing that names it breaks, and so that the services can go back.';

const reads = { definition, newest, users };

type Users = readonly { readonly service: string; readonly controller: string }[];

/** Why a person is needed to replace a revision, or nothing. */
function whyNot(id: string, newest: string | undefined, users: Users): string | undefined {
  if (newest !== id)
    return `${newest} is newer, so a copy of this revision would take its place for everyone who names the family only: move ${users.map(({ service }) => service).join(', ')} to a newer revision that is right`;
  const other = users.find(({ controller }) => controller !== 'ECS');
  return other && `${other.service} is deployed by ${other.controller}: release a corrected revision there`;
}

type Chosen<P> = { readonly region: string; readonly parameters: { readonly [K in keyof P]: string } };

interface Correction<P> {
  readonly parameters: P;
  readonly correct: (copy: Copy, chosen: Chosen<P>) => Copy;
  /** Why the correction would leave tasks that cannot start, or nothing. */
  readonly hindrance: (copy: Copy) => string | undefined;
}

/** Registers a corrected copy of a revision, and moves the services to it. */
const replacing = <P extends Readonly<Record<string, ReturnType<typeof required>>>>({
  parameters,
  correct,
  hindrance,
}: Correction<P>) =>
  steps(
    { mode: 'approve', impact: IMPACT, undo: 'best-effort', note: NOTE, reads, parameters },
    ({ step }) => [
      step(
        'register',
        call('ecs', 'RegisterTaskDefinition', ({ definition, region, parameters }) =>
          correct(definition.copy, { region, parameters }),
        ),
        {
          repeat: 'once',
          undo: call('ecs', 'DeregisterTaskDefinition', () => ({ taskDefinition: CORRECTED })),
        },
      ),
      step(
        'roll-out',
        call('ecs', 'UpdateService', ({ users }) =>
          users.map(({ cluster, service }) => ({ cluster, service, taskDefinition: CORRECTED })),
        ),
        {
          repeat: 'safe',
          undo: call('ecs', 'UpdateService', ({ id, users }) =>
            users.map(({ cluster, service }) => ({ cluster, service, taskDefinition: id })),
          ),
          until: until(rollouts, (states) => states.every((state) => state === 'COMPLETED')),
        },
      ),
    ],
    ({ id, definition, newest, users }) => {
      const why = whyNot(id, newest, users) ?? hindrance(definition.copy);
      return why === undefined ? { definition, newest: CORRECTED, users: [] } : byHand(why);
    },
  );

const isForFargate = ({ requiresCompatibilities = [] }: Copy): boolean => requiresCompatibilities.includes('FARGATE');

export const taskDefinitionRemediations = remediations(taskDefinitions, {
  411: replacing({
    parameters: {
      taskLogGroup: required(
        'Log group of CloudWatch Logs, in the region of the tasks, that receives what containers without a log driver write. It must exist, and the execution role (or the role of the instances) must be allowed logs:CreateLogStream and logs:PutLogEvents in it.',
      ),
      logStreamPrefix: optional('How the names of its log streams begin.', 'ecs'),
    },
    correct: (copy, { region, parameters }) => ({
      ...copy,
      containerDefinitions: copy.containerDefinitions?.map((one) =>
        isSilent(one)
          ? {
              ...one,
              logConfiguration: {
                ...one.logConfiguration,
                logDriver: 'awslogs' as const,
                options: {
                  'awslogs-group': parameters.taskLogGroup,
                  'awslogs-region': region,
                  'awslogs-stream-prefix': parameters.logStreamPrefix,
                },
              },
            }
          : one,
      ),
    }),
    hindrance: (copy) =>
      isForFargate(copy) && !copy.executionRoleArn
        ? 'it runs on Fargate without an execution role, and could not write logs: give it one that may write into the log group, in a new revision'
        : undefined,
  }),

  466: replacing({
    parameters: {},
    correct: (copy) => ({
      ...copy,
      volumes: copy.volumes?.map((one) =>
        one.efsVolumeConfiguration && isPlain(one)
          ? {
              ...one,
              efsVolumeConfiguration: { ...one.efsVolumeConfiguration, transitEncryption: 'ENABLED' as const },
            }
          : one,
      ),
    }),
    hindrance: ({ runtimePlatform }) =>
      runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS')
        ? 'tasks on Windows cannot mount EFS over TLS: move them to Linux, or to another file system'
        : undefined,
  }),
});
