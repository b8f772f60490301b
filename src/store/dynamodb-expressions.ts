import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, numberOf } from './dynamodb-items.ts';

/** What must hold of an item as it is stored. */
export type Test =
  | { readonly is: 'absent' }
  | { readonly is: 'equal'; readonly attribute: string; readonly value: AttributeValue }
  /** Not true, or not there. */
  | { readonly is: 'off'; readonly attribute: string }
  /** A number, 0 when it is not there. */
  | { readonly is: 'atMost'; readonly attribute: string; readonly value: number }
  /** A text that does not come after this one, or is not there. */
  | { readonly is: 'upTo'; readonly attribute: string; readonly value: string }
  /** A set that does not have this text. */
  | { readonly is: 'without'; readonly attribute: string; readonly value: string }
  /** Cannot hold, because of what an earlier change of the same commit does. */
  | { readonly is: 'never' };

/** A change of some attributes of an item that may not be there. */
export interface Update {
  readonly set?: Item;
  /** Set only where there is none. */
  readonly seed?: Item;
  readonly add?: Readonly<Record<string, number>>;
  readonly union?: Readonly<Record<string, readonly string[]>>;
  readonly remove?: readonly string[];
}

/** Whether a test holds of an item, as DynamoDB decides it. */
export function holds(test: Test, item: Item | undefined): boolean {
  switch (test.is) {
    case 'absent':
      return item === undefined;
    case 'equal': {
      const { S: text, N: number } = test.value;
      const value = item?.[test.attribute];
      return value !== undefined && (text === undefined ? Number(value.N) === Number(number) : value.S === text);
    }
    case 'off':
      return item?.[test.attribute]?.BOOL !== true;
    case 'atMost':
      return numberOf(item, test.attribute) <= test.value;
    case 'upTo':
      return (item?.[test.attribute]?.S ?? '') <= test.value;
    case 'without':
      return !(item?.[test.attribute]?.SS ?? []).includes(test.value);
    case 'never':
      return false;
  }
}

/** Names and values of expressions: many attributes are reserved words. */
export interface Words {
  readonly name: (attribute: string) => string;
  readonly value: (value: AttributeValue) => string;
  readonly attributes: () => {
    readonly ExpressionAttributeNames?: Record<string, string>;
    readonly ExpressionAttributeValues?: Item;
  };
}

export function createWords(): Words {
  const names: string[] = [];
  const values: Item = {};
  return {
    name: (attribute) => {
      if (!names.includes(attribute)) names.push(attribute);
      return `#${names.indexOf(attribute)}`;
    },
    value: (value) => {
      const word = `:${Object.keys(values).length}`;
      values[word] = value;
      return word;
    },
    attributes: () => ({
      ...(names.length === 0
        ? {}
        : { ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])) }),
      ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
    }),
  };
}

export function expression(test: Test, { name, value }: Words): string {
  switch (test.is) {
    case 'absent':
      return `attribute_not_exists(${name('pk')})`;
    case 'equal':
      return `${name(test.attribute)} = ${value(test.value)}`;
    case 'off':
      return `attribute_not_exists(${name(test.attribute)}) OR ${name(test.attribute)} <> ${value({ BOOL: true })}`;
    case 'atMost': {
      const known = `${name(test.attribute)} <= ${value({ N: String(test.value) })}`;
      return test.value < 0 ? known : `attribute_not_exists(${name(test.attribute)}) OR ${known}`;
    }
    case 'upTo':
      return `attribute_not_exists(${name(test.attribute)}) OR ${name(test.attribute)} <= ${value({ S: test.value })}`;
    case 'without':
      return `NOT contains(${name(test.attribute)}, ${value({ S: test.value })})`;
    case 'never':
      return `attribute_exists(${name('pk')}) AND attribute_not_exists(${name('pk')})`;
  }
}

export function updateExpression({ set, seed, add, union, remove }: Required<Update>, { name, value }: Words): string {
  const sets = [
    ...Object.entries(set).map(([attribute, to]) => `${name(attribute)} = ${value(to)}`),
    ...Object.entries(seed).map(
      ([attribute, to]) => `${name(attribute)} = if_not_exists(${name(attribute)}, ${value(to)})`,
    ),
  ];
  const adds = [
    ...Object.entries(add).map(([attribute, by]) => `${name(attribute)} ${value({ N: String(by) })}`),
    ...Object.entries(union).map(([attribute, values]) => `${name(attribute)} ${value({ SS: [...values] })}`),
  ];
  return [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(adds.length > 0 ? [`ADD ${adds.join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map(name).join(', ')}`] : []),
  ].join(' ');
}
