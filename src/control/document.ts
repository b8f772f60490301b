import { type Call, type ConcreteCall, fill } from './call.ts';
import { erase } from './erase.ts';
import type { Read } from './read.ts';
import type { At } from './resource.ts';

/**
 * A piece of AWS state that is read whole and written whole. `undefined` means
 * that there is none. A document's `write` sees the old value too, so an API
 * that adds and removes is a document like any other.
 */
export interface Document<T> {
  readonly read: Read<T>;
  readonly write: readonly Call<[at: At, wanted: Exclude<T, undefined>, current: T]>[];
  readonly remove: Call<[at: At, current: T]> | undefined;
  /** Brings a wanted value into the form that AWS accepts, after all edits of it have been merged. */
  readonly settle: (wanted: T) => T;
}

interface DocumentSpec<T> {
  /** The calls that make the document what is wanted, in order. */
  write: Call<[at: At, wanted: Exclude<T, undefined>, current: T]> | Document<T>['write'];
  /** The call that takes the document away, where AWS has one. */
  remove?: Call<[at: At, current: T]>;
  settle?: (wanted: T) => T;
}

/** Declares a document: how it is read, written, and removed. */
export function document<T>(read: Read<T>, spec: DocumentSpec<T>): Document<T> {
  const write = Array.isArray(spec.write) ? spec.write : [spec.write];
  return { read, write: erase(write), remove: spec.remove, settle: spec.settle ?? ((wanted) => wanted) };
}

/**
 * The calls that lead from one value of a document to another.
 *
 * @throws Error when the document would have to be removed and AWS has no call for that
 */
export function callsBetween<T>(doc: Document<T>, at: At, current: T, wanted: T): ConcreteCall[] {
  if (wanted !== undefined) {
    return doc.write.flatMap((template) => fill(template, at, erase<Exclude<T, undefined>>(wanted), current));
  }
  if (current === undefined) return [];
  if (doc.remove === undefined) throw new Error('This document cannot be removed: it declares no `remove` call.');
  return fill(doc.remove, at, current);
}
