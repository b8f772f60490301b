import { NormalizedSchema } from '@smithy/core/schema';
import { parseRef } from '../control/call.ts';
import { clients, type Service } from './sdk.ts';

/**
 * Checks an input against the SDK client's own schema, offline: members that
 * do not exist, values of the wrong type, required members that are missing.
 * The SDK itself sends unknown members without complaint, so a misspelt one
 * would show only as a fix that changes nothing.
 *
 * @returns what is wrong, each with the path of the member; empty when nothing is
 */
export async function validateInput(service: string, operation: string, input: object): Promise<string[]> {
  const schema = await inputSchema(service, operation);
  if (typeof schema === 'string') return [schema];
  return problemsOf(schema, input, { operation, path: '' });
}

/** The schema of an operation's input, or why there is none. */
async function inputSchema(service: string, operation: string): Promise<NormalizedSchema | string> {
  const key = `${service}.${operation}`;
  const known = schemas.get(key);
  if (known !== undefined) return known;
  if (!isService(service)) return `${operation}: ${service} is not a service that Redress has a client for`;
  const client: Readonly<Record<string, unknown>> = { ...(await clients[service]()) };
  const schema = schemaOf(client[`${operation}Command`]);
  if (schema === undefined) return `${operation} is not an operation of ${service}`;
  schemas.set(key, schema);
  return schema;
}

const schemas = new Map<string, NormalizedSchema>();

function isService(service: string): service is Service {
  return Object.hasOwn(clients, service);
}

/** A command's `schema` is a tuple whose fifth place holds the input's, or a function that returns it. */
function schemaOf(command: unknown): NormalizedSchema | undefined {
  if (typeof command !== 'function') return undefined;
  const { schema }: { schema?: unknown } = Reflect.construct(command, [{}]);
  if (!Array.isArray(schema)) return undefined;
  return NormalizedSchema.of(schema[INPUT_OF_OPERATION]);
}

const INPUT_OF_OPERATION = 4;

interface Where {
  readonly operation: string;
  readonly path: string;
}

function problemsOf(schema: NormalizedSchema, value: unknown, where: Where): string[] {
  if (schema.isDocumentSchema()) return [];
  if (schema.isUnitSchema()) return unitProblems(value, where);
  if (schema.isStructSchema()) return structProblems(schema, value, where);
  if (schema.isListSchema()) return listProblems(schema, value, where);
  if (schema.isMapSchema()) return mapProblems(schema, value, where);
  const wanted = scalarOf(schema);
  return wanted === undefined || wanted.holds(value) ? [] : [wrongType(wanted.name, value, where)];
}

function structProblems(schema: NormalizedSchema, value: unknown, where: Where): string[] {
  if (!isPlainObject(value)) return [wrongType('a structure', value, where)];
  const members = new Map(schema.structIterator());
  const given = Object.entries(value).filter(([, one]) => one !== undefined && one !== null);
  const problems = given.flatMap(([name, one]) => {
    const member = members.get(name);
    const at = inside(where, name);
    return member === undefined ? [`${label(at)} is not a member`] : problemsOf(member, one, at);
  });
  return [...problems, ...missingMembers(schema, members, value, where), ...unionProblems(schema, given.length, where)];
}

/** An operation that takes no input at all. */
function unitProblems(value: unknown, where: Where): string[] {
  const names = isPlainObject(value) ? Object.keys(value) : [];
  return names.map((name) => `${label(inside(where, name))} is not a member`);
}

function missingMembers(
  schema: NormalizedSchema,
  members: ReadonlyMap<string, NormalizedSchema>,
  value: Readonly<Record<string, unknown>>,
  where: Where,
): string[] {
  return [...members]
    .slice(0, requiredCount(schema))
    .filter(([name, member]) => (value[name] ?? null) === null && !member.isIdempotencyToken())
    .map(([name]) => `${label(inside(where, name))} is required`);
}

/** A structure's schema lists its required members first, and says in its seventh place how many they are. */
function requiredCount(schema: NormalizedSchema): number {
  const raw: unknown = schema.getSchema();
  const count: unknown = Array.isArray(raw) ? raw[6] : 0;
  return typeof count === 'number' ? count : 0;
}

function unionProblems(schema: NormalizedSchema, given: number, where: Where): string[] {
  return schema.isUnionSchema() && given !== 1 ? [`${label(where)} must have exactly one member, not ${given}`] : [];
}

function listProblems(schema: NormalizedSchema, value: unknown, where: Where): string[] {
  if (!Array.isArray(value)) return [wrongType('a list', value, where)];
  const element = schema.getValueSchema();
  return value.flatMap((one, at) => problemsOf(element, one, { ...where, path: `${where.path}[${at}]` }));
}

function mapProblems(schema: NormalizedSchema, value: unknown, where: Where): string[] {
  if (!isPlainObject(value)) return [wrongType('a map', value, where)];
  const element = schema.getValueSchema();
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .flatMap(([name, one]) => problemsOf(element, one, inside(where, name)));
}

interface Scalar {
  readonly name: string;
  readonly holds: (value: unknown) => boolean;
}

function scalarOf(schema: NormalizedSchema): Scalar | undefined {
  if (schema.isTimestampSchema()) return { name: 'a date', holds: (value) => isDate(value) || isRef(value) };
  if (schema.isBlobSchema()) return { name: 'bytes', holds: isBytes };
  if (schema.isStringSchema()) return { name: 'a string', holds: (value) => typeof value === 'string' };
  if (schema.isBooleanSchema())
    return { name: 'true or false', holds: (value) => typeof value === 'boolean' || isRef(value) };
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) {
    return { name: 'a number', holds: (value) => isNumber(value) || isRef(value) };
  }
  return undefined;
}

/** Filled in from an earlier step's output, whose type is AWS's own. */
const isRef = (value: unknown): boolean => parseRef(value) !== undefined;
const isNumber = (value: unknown): boolean => typeof value === 'bigint' || Number.isFinite(value);
const isDate = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime());

/** The SDK takes a string for bytes as well, and streams where the API streams. */
function isBytes(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array || value instanceof ReadableStream;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

function inside({ operation, path }: Where, name: string): Where {
  return { operation, path: path === '' ? name : `${path}.${name}` };
}

function label({ operation, path }: Where): string {
  return path === '' ? operation : `${operation}: ${path}`;
}

function wrongType(wanted: string, value: unknown, where: Where): string {
  return `${label(where)} must be ${wanted}, not ${kindOf(value)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : 'a date';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'object') return 'a structure';
  if (typeof value === 'boolean') return `${value}`;
  if (typeof value === 'undefined') return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  return typeof value === 'string' ? `the string ${JSON.stringify(value)}` : `a ${typeof value}`;
}
