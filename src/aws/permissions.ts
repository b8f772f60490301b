import {
  ALSO_NEEDED,
  API_GATEWAY_ALSO,
  API_GATEWAY_METHODS,
  IAM_PREFIXES,
  OTHER_ACTIONS,
  PASSES_ROLE,
  S3_OUTPOSTS,
} from './permissions-table.ts';

/** What an operation needs besides its own action, and the members of its input that make it so. */
export interface AlsoNeeded {
  readonly actions: readonly string[];
  /** Any one of these, anywhere in the input. Without names it is always needed. */
  readonly whenGiven?: readonly string[];
}

/**
 * The IAM actions that a call needs, sorted.
 *
 * @param input with it, what this very call needs; without it, everything that the operation may need
 */
export function permissionsFor(service: string, operation: string, input?: object): string[] {
  const also = alsoNeeded(service, operation, input);
  return [...new Set([...ownActions(service, operation, input), ...also])].sort();
}

/** The prefix of a service's IAM actions: `elasticloadbalancing` for `elbv2`. */
export function iamPrefix(service: string): string {
  return IAM_PREFIXES[service] ?? service;
}

function ownActions(service: string, operation: string, input: object | undefined): readonly string[] {
  if (service === 's3' && operation === 'DeleteObject') return deleteObject(input);
  const other = OTHER_ACTIONS[`${service}.${operation}`];
  if (other !== undefined) return other;
  if (service === 's3control' && S3_OUTPOSTS.has(operation)) return [`s3-outposts:${operation}`];
  if (iamPrefix(service) === 'apigateway') return [apiGatewayAction(service, operation)];
  return [`${iamPrefix(service)}:${operation}`];
}

function deleteObject(input: object | undefined): string[] {
  if (input === undefined) return ['s3:DeleteObject', 's3:DeleteObjectVersion'];
  return [mentions(input, ['VersionId']) ? 's3:DeleteObjectVersion' : 's3:DeleteObject'];
}

/** API Gateway has no action per operation: the HTTP method is the action, and the path the resource. */
function apiGatewayAction(service: string, operation: string): string {
  const own = API_GATEWAY_METHODS[`${service}.${operation}`];
  if (own !== undefined) return `apigateway:${own}`;
  const [verb] = /^[A-Z][a-z]+/.exec(operation) ?? [];
  return `apigateway:${API_GATEWAY_METHODS[verb ?? ''] ?? operation}`;
}

function alsoNeeded(service: string, operation: string, input: object | undefined): readonly string[] {
  const name = `${service}.${operation}`;
  const needed = (ALSO_NEEDED[name] ?? []).filter(
    ({ whenGiven }) => whenGiven === undefined || input === undefined || mentions(input, whenGiven),
  );
  const passesRole = PASSES_ROLE.has(name) && (input === undefined || givesRole(input));
  return [
    ...needed.flatMap(({ actions }) => actions),
    ...(passesRole ? ['iam:PassRole'] : []),
    ...(service === 'apigateway' ? apiGatewayAlso(operation, input) : []),
  ];
}

/** Some members of API Gateway's resources are guarded by an action of their own. */
function apiGatewayAlso(operation: string, input: object | undefined): readonly string[] {
  const paths = input === undefined ? undefined : patchPaths(input);
  return Object.entries(API_GATEWAY_ALSO[operation] ?? {})
    .filter(([path]) => paths === undefined || paths.some((one) => one.startsWith(path)))
    .map(([, action]) => action);
}

function patchPaths(input: object): string[] {
  return entriesIn(input).flatMap(([name, value]) => (name === 'path' && typeof value === 'string' ? [value] : []));
}

function mentions(input: object, names: readonly string[]): boolean {
  return entriesIn(input).some(([name, value]) => names.includes(name) && value !== undefined && value !== null);
}

/** A role by its ARN under any name, or by its name where the member says that it is one. */
function givesRole(input: object): boolean {
  return entriesIn(input).some(([name, value]) => {
    // An instance profile is named within an object of its own.
    if (typeof value !== 'string') return typeof value === 'object' && value !== null && ROLE_MEMBER.test(name);
    return ROLE_ARN.test(value) || (value !== '' && ROLE_MEMBER.test(name));
  });
}

const ROLE_ARN = /^arn:[^:]+:iam::\d{12}:role\//;
const ROLE_MEMBER = /(Role|RoleArn|RoleARN|RoleName|PermissionArn|InstanceProfile)$/i;

/** Every member of an input with its name, at any depth. Elements of a list bear the list's name. */
function entriesIn(value: unknown, name = ''): [name: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [[name, value]];
  if (Array.isArray(value)) return [[name, value], ...value.flatMap((one) => entriesIn(one, name))];
  return [[name, value], ...Object.entries(value).flatMap(([key, one]) => entriesIn(one, key))];
}
