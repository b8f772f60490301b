import { parseRef } from '../control/call.ts';
import {
  hasNoCommand,
  kebab,
  needsNoRegion,
  negativeOption,
  optionName,
  serviceCommand,
  takesPlainWords,
} from './aws-cli-names.ts';
import { isPrintable, shellWord, visibleJson } from './shell.ts';

/** A call as the AWS CLI is to make it. */
export interface CliCall {
  readonly service: string;
  readonly operation: string;
  readonly region?: string;
  readonly input: object;
}

/** One member of an input: its name in the API, and its value. */
type Member = readonly [name: string, value: unknown];

interface Command {
  readonly name: string;
  readonly input: readonly Member[];
}

/**
 * The AWS CLI (version 2) line for a call, to paste into a POSIX shell: always
 * one line, whatever the input holds. A {@link parseRef} placeholder becomes a
 * shell variable, `"$COPY_SNAPSHOTID"` for `ref:copy/SnapshotId`.
 *
 * Bytes are given in base64, as version 2 expects by default. Where the CLI
 * has no such command, the line is a comment that says so.
 */
export function awsCli(call: CliCall): string {
  if (hasNoCommand(call.service, call.operation)) {
    return `# The AWS CLI has no command for ${call.service} ${call.operation}; its input: ${visibleJson(call.input)}`;
  }
  return commandsFor(call)
    .map(({ name, input }) => commandLine(call, name, input))
    .join(' && ');
}

/** A step of a script: a call with the name that later steps refer to it by. */
export interface CliStep extends CliCall {
  readonly name: string;
}

/**
 * The lines for a list of steps. A step whose output is used by others (here,
 * or in `alsoUsedBy`) sets the shell variables that their lines read.
 */
export function awsCliScript(steps: readonly CliStep[], alsoUsedBy: readonly CliStep[] = []): string[] {
  const refs = [...steps, ...alsoUsedBy].flatMap(({ input }) => refsIn(input));
  return steps.map((step) => {
    const paths = new Set(refs.filter((one) => one.step === step.name).map(({ path }) => path));
    return setting(awsCli(step), step.name, [...paths].sort());
  });
}

function setting(line: string, step: string, paths: readonly string[]): string {
  const [first, ...others] = paths;
  if (first === undefined || line.startsWith('#')) return line;
  if (others.length === 0) {
    return `${variableName(step, first)}=$(${line} --query ${shellWord(jmesPath(first))} --output text)`;
  }
  const query = shellWord(`[${paths.map(jmesPath).join(',')}]`);
  const names = paths.map((path, at) => `${variableName(step, path)}=$${at + 1}`);
  return `set -- $(${line} --query ${query} --output text) && ${names.join(' ')}`;
}

/** `Instances.0.InstanceId` to `Instances[0].InstanceId`. */
function jmesPath(path: string): string {
  return path.replace(/(^|\.)(\d+)(?=\.|$)/g, '[$2]');
}

function refsIn(value: unknown): { step: string; path: string }[] {
  const ref = parseRef(value);
  if (ref !== undefined) return [ref];
  return isObject(value) ? Object.values(value).flatMap(refsIn) : [];
}

/** Most operations are one command of the same name. These are not. */
function commandsFor({ service, operation, input }: CliCall): Command[] {
  const members = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  switch (`${service}.${operation}`) {
    case 'rds.ModifyOptionGroup':
      return optionGroupCommands(members);
    case 'emr.SetTerminationProtection':
    case 'emr.SetVisibleToAllUsers':
      return eachOf('JobFlowIds', members).map((one) => ({ name: 'modify-cluster-attributes', input: one }));
    case 'emr.AddTags':
      return [{ name: 'add-tags', input: members.map(tagsAsWords) }];
    case 'emr.TerminateJobFlows':
      return [{ name: 'terminate-clusters', input: members }];
    case 'ec2.RunInstances':
      return [{ name: 'run-instances', input: withCount(members) }];
    default:
      return [{ name: kebab(operation), input: members }];
  }
}

/** One input for each element of a list, for a command that takes one thing at a time. */
function eachOf(list: string, members: readonly Member[]): Member[][] {
  const [elements] = members.filter(([name]) => name === list).map(([, value]) => value);
  if (!Array.isArray(elements)) return [[...members]];
  return elements.map((element: unknown) => members.map(([name, value]) => [name, name === list ? element : value]));
}

/** EMR's own tags are words, `key=value`. */
function tagsAsWords([name, value]: Member): Member {
  if (name !== 'Tags' || !Array.isArray(value)) return [name, value];
  return [name, value.map(({ Key = '', Value }) => (Value === undefined ? Key : `${Key}=${Value}`))];
}

function optionGroupCommands(members: readonly Member[]): Command[] {
  const options = {
    OptionsToInclude: 'add-option-to-option-group',
    OptionsToRemove: 'remove-option-from-option-group',
  };
  const isOption = (name: string): boolean => name in options;
  return Object.entries(options).flatMap(([member, name]) => {
    const [value] = members.filter(([one]) => one === member).map(([, list]) => list);
    if (!Array.isArray(value) || value.length === 0) return [];
    return [{ name, input: [...members.filter(([one]) => !isOption(one)), ['Options', value]] }];
  });
}

function withCount(members: readonly Member[]): readonly Member[] {
  const { MinCount: min, MaxCount: max, ...rest } = Object.fromEntries(members);
  if (min === undefined && max === undefined) return members;
  return [...Object.entries(rest), ['Count', min === max ? min : `${min ?? 1}:${max ?? min}`]];
}

function commandLine(call: CliCall, name: string, input: readonly Member[]): string {
  const options = input.filter(([, value]) => !needsInputJson(value)).map((member) => option(call, member));
  const asJson = input.filter(([, value]) => needsInputJson(value));
  return [
    'aws',
    serviceCommand(call.service),
    name,
    ...options,
    ...(asJson.length > 0 ? [`--cli-input-json ${jsonWord(Object.fromEntries(asJson))}`] : []),
    ...regionOption(call),
  ].join(' ');
}

function regionOption({ service, region }: CliCall): string[] {
  return region === undefined || needsNoRegion(service, region) ? [] : [`--region ${shellWord(region)}`];
}

/**
 * Strings that the CLI would read a file for, and those that cannot be shown
 * as they are. It does neither with what comes as JSON.
 */
function needsInputJson(value: unknown): boolean {
  return typeof value === 'string' && (/^fileb?:\/\//.test(value) || !isPrintable(value));
}

function option({ service, operation }: CliCall, [member, value]: Member): string {
  const name = `--${optionName(service, operation, member)}`;
  const flag = service === 'ec2' ? (attributeValue(value) ?? value) : value;
  if (flag === true) return name;
  if (flag === false) return `--${negativeOption(service, operation, member)}`;
  if (Array.isArray(value)) return `${name} ${listWords(value, takesPlainWords(service, operation))}`;
  const ref = refVariable(value);
  if (ref !== undefined) return `${name} ${ref}`;
  const text = scalarText(value);
  if (text === undefined) return `${name} ${structureWord(value)}`;
  // A word that starts with a dash would be read as an option of its own.
  return text.startsWith('-') ? `${name}=${shellWord(text)}` : `${name} ${shellWord(text)}`;
}

/** EC2 wraps some attributes as `{ Value: false }`; the CLI makes flags of them. */
function attributeValue(value: unknown): boolean | undefined {
  if (!isObject(value)) return undefined;
  const [first, ...others] = Object.entries(value);
  if (first?.[0] !== 'Value' || others.length > 0) return undefined;
  return typeof first[1] === 'boolean' ? first[1] : undefined;
}

function listWords(list: readonly unknown[], plainWords: boolean): string {
  const words = list.map((one) => (isObject(one) ? (plainWords ? undefined : shorthand(one)) : scalarWord(one)));
  const known = words.filter((word) => word !== undefined);
  return known.length === list.length && list.length > 0 ? known.join(' ') : jsonWord(list);
}

/** A scalar as one word of a list, unless the CLI would take it for JSON, a file or an option. */
function scalarWord(value: unknown): string | undefined {
  const ref = refVariable(value);
  if (ref !== undefined) return ref;
  const text = typeof value === 'boolean' ? undefined : scalarText(value);
  if (text === undefined || needsInputJson(text) || text === '' || /^\s*[-[{]/.test(text)) return undefined;
  return shellWord(text);
}

function structureWord(value: unknown): string {
  return (isObject(value) ? shorthand(value) : undefined) ?? jsonWord(value);
}

/** `Key=Value,Key2=Value2` for a small flat structure whose values need no quoting, else nothing. */
function shorthand(value: object): string | undefined {
  const members = Object.entries(value).filter(([, one]) => one !== undefined && one !== null);
  if (members.length === 0 || members.length > LARGEST_SHORTHAND) return undefined;
  const words = members.map(([name, one]) => {
    const text = refVariable(one) ?? shorthandText(one);
    return text !== undefined && SHORTHAND_NAME.test(name) ? `${name}=${text}` : undefined;
  });
  const known = words.filter((word) => word !== undefined);
  return known.length === words.length ? known.join(',') : undefined;
}

const LARGEST_SHORTHAND = 6;
const SHORTHAND_NAME = /^[A-Za-z0-9_.-]+$/;

/** Only characters that mean nothing to the shorthand's parser, and nothing to a shell. */
function shorthandText(value: unknown): string | undefined {
  const text = scalarText(value);
  return text !== undefined && /^[A-Za-z0-9_./:+-]+$/.test(text) ? text : undefined;
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return base64(value);
  return undefined;
}

function jsonWord(value: unknown): string {
  const json = visibleJson(plain(value));
  const parts = json.split(REF_IN_JSON);
  return parts.map((part, at) => (at % 2 === 0 ? shellWord(part) : refVariable(part))).join('');
}

/** What stands between the quotes of a whole string (not a key) of a JSON text. */
const REF_IN_JSON = /(?<=(?<!\\)")(ref:[A-Za-z0-9-]+\/[A-Za-z0-9.]+)(?="(?!:))/;

/** What JSON has no word for: bytes as base64, long integers as numbers. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function refVariable(value: unknown): string | undefined {
  const ref = parseRef(value);
  return ref === undefined ? undefined : `"$${variableName(ref.step, ref.path)}"`;
}

function variableName(step: string, path: string): string {
  const name = `${step}_${path}`.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array);
}
