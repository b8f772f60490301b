import { styleText } from 'node:util';
import { verifyAudit } from '../audit.ts';
import type { Target } from '../aws/port.ts';
import { examineConfiguredSlack } from '../bot/slack.ts';
import { openState, stateFolder } from '../bot/state.ts';
import { type Config, loadConfig } from '../config.ts';
import type { Place } from '../control/resource.ts';
import type { Engine } from '../engine.ts';
import { catalogue } from '../redress.ts';
import type { ObstacleRecord } from '../store/records.ts';
import { type Context, createContext, herePlace } from './context.ts';
import { lineFor } from './errors.ts';
import { hasColor, printJson } from './output.ts';

interface Options {
  readonly format: string;
  readonly config?: string;
}

/** One thing that was looked at. `mend` says what to do where it does not work. */
interface Finding {
  readonly check: string;
  readonly status: 'works' | 'in part' | 'broken' | 'not configured';
  readonly detail: string;
  readonly mend?: string;
}

/** `redress doctor`: what works, what does not, how to mend it. Exit status 1 when something is broken. */
export async function doctor(options: Options): Promise<void> {
  const found: Finding[] = [];
  const config = await examine(found, 'configuration', 'mend the file; `redress init` writes a good one', async () => {
    const loaded = await loadConfig(options.config, catalogue);
    return { detail: loaded.apply ? 'applies fixes by itself' : 'dry-run: nothing is written', value: loaded };
  });
  await examine(found, 'controls', 'install Redress again', async () => ({ detail: `${catalogue.size} controls` }));
  if (config !== undefined) {
    await examineState(found, config);
    await examineAws(found, options, config);
    await examineSlack(found, options, config);
  }
  if (options.format === 'json') printJson(found);
  else process.stdout.write(`${found.map(line).join('\n')}\n`);
  if (found.some(({ status }) => status === 'broken')) process.exitCode = 1;
}

async function examineSlack(found: Finding[], options: Options, config: Config): Promise<void> {
  const { slack } = config;
  if (slack === undefined) {
    const mend = 'set slack.channel in redress.yaml; docs/slack.md has every step';
    found.push({ check: 'slack', status: 'not configured', detail: 'people decide at the terminal only', mend });
    return;
  }
  const { port } = await createContext(options, 'dry-run');
  const checks = await examine(found, 'slack secrets', 'docs/slack.md says where each is found', async () => {
    const place = await target(port);
    return { detail: 'are at hand', value: await examineConfiguredSlack({ ...config, slack }, port, place) };
  });
  found.push(...(checks ?? []));
}

/** Where SSM parameters are read. Secrets of the environment need no AWS at all. */
async function target(port: Context['port']): Promise<Target> {
  return herePlace(port).catch(() => ({ account: '', region: '' }));
}

async function examineState(found: Finding[], config: Config): Promise<void> {
  const { store: shared } = config;
  const where = shared === undefined ? stateFolder(config) : `table ${shared.table}`;
  const mend =
    shared === undefined
      ? `make ${where} a folder that this user can write, or set REDRESS_STATE`
      : `check that the ${where} exists in this account and region, and that this user may use it`;
  await examine(found, 'store', mend, async () => {
    const store = await openState(config);
    try {
      const stop = await store.stopSwitch();
      const trail = await verifyAudit(store);
      if (!trail.ok) throw new Error(`the audit trail is broken at entry ${trail.seq}: ${trail.because}`);
      const held = stop.on ? `; writes are stopped by ${stop.by} since ${stop.at}: ${stop.because}` : '';
      found.push(...(await store.obstacles()).map(unentered));
      return { detail: `${where}, ${trail.count} audit entries${held}` };
    } finally {
      await store.close();
    }
  });
}

async function examineAws(found: Finding[], options: Options, config: Config): Promise<void> {
  const { port, engine } = await createContext(options, 'dry-run');
  const place = await examine(found, 'aws', 'set AWS_PROFILE or credentials, and AWS_REGION', async () => {
    const here = await herePlace(port);
    const { arn } = await port.identity();
    return { detail: `${arn} in ${here.region}`, value: here };
  });
  if (place === undefined) return;
  found.push(await examineReads(engine, place));
  const target = { account: place.account, region: place.region };
  if (config.queue === undefined) {
    found.push({
      check: 'queue',
      status: 'not configured',
      detail: '`redress serve` needs one',
      mend: 'set queue.url in redress.yaml',
    });
    return;
  }
  for (const [check, url] of Object.entries({
    queue: config.queue.url,
    'dead-letter queue': config.queue.deadLetterUrl,
  })) {
    if (url === undefined) continue;
    await examine(found, check, `check that ${url} exists and that sqs:GetQueueAttributes is allowed`, async () => {
      const input = { QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] };
      const { output } = await port.send({ target, service: 'sqs', operation: 'GetQueueAttributes', input });
      const attributes = output.Attributes;
      const waiting =
        typeof attributes === 'object' && attributes !== null
          ? Reflect.get(attributes, 'ApproximateNumberOfMessages')
          : 'unknown';
      return { detail: `${url}, ${waiting} messages wait` };
    });
  }
  const { bus } = config;
  if (bus !== undefined) {
    await examine(
      found,
      'bus',
      `check that the event bus ${bus} exists and that events:DescribeEventBus is allowed`,
      async () => {
        await port.send({ target, service: 'events', operation: 'DescribeEventBus', input: { Name: bus } });
        return { detail: bus };
      },
    );
  }
  const { topicArn } = config;
  if (topicArn !== undefined) {
    await examine(
      found,
      'topic',
      `check that the topic ${topicArn} exists and that sns:GetTopicAttributes is allowed`,
      async () => {
        await port.send({ target, service: 'sns', operation: 'GetTopicAttributes', input: { TopicArn: topicArn } });
        return { detail: topicArn };
      },
    );
  }
}

function unentered({ account, because, mend, since }: ObstacleRecord): Finding {
  return { check: `account ${account}`, status: 'in part', detail: `${because}, since ${since}`, mend };
}

/** One resource of each type makes every kind of read. What cannot be read is unknown, and the rest goes on. */
async function examineReads(engine: Engine, place: Place): Promise<Finding> {
  const unreadable = new Set<string>();
  for await (const { evaluations } of engine.scan(place, { most: 1 })) {
    for (const { verdict, because } of evaluations) if (verdict === 'unknown') unreadable.add(because);
  }
  if (unreadable.size === 0) {
    return { check: 'permissions', status: 'works', detail: 'all that the controls read of this account can be read' };
  }
  return {
    check: 'permissions',
    status: 'in part',
    detail: [...unreadable].join('; '),
    mend: 'allow what is named; `redress controls --format json` lists what each control needs',
  };
}

/** Tries one thing and writes down how it went. */
async function examine<T>(
  found: Finding[],
  check: string,
  mend: string,
  attempt: () => Promise<{ detail: string; value?: T }>,
): Promise<T | undefined> {
  try {
    const { detail, value } = await attempt();
    found.push({ check, status: 'works', detail });
    return value;
  } catch (error) {
    found.push({ check, status: 'broken', detail: lineFor(error), mend });
    return undefined;
  }
}

function line({ check, status, detail, mend }: Finding): string {
  const colors = { works: 'green', broken: 'red', 'in part': 'yellow', 'not configured': 'yellow' } as const;
  const word = hasColor(process.stdout) ? styleText(colors[status], status) : status;
  return `${check}: ${word} · ${detail}${mend ? `\n  to mend it: ${mend}` : ''}`;
}
