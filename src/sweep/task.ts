import type { Place } from '../control/resource.ts';

/**
 * A part of a sweep, small enough for one run of a function. Each part names
 * the one that follows it, so that a sweep goes on where it stopped.
 */
export type SweepTask =
  /** Judges what exists of a resource type in a place, after an id in the order of ids. */
  | { readonly kind: 'judge'; readonly place: Place; readonly type: string; readonly after: string | null }
  /**
   * Judges resources with open findings that were not judged since a moment:
   * they exist no more, or could not be listed. `after`: a resource, in the order of their keys.
   */
  | { readonly kind: 'findings'; readonly place: Place; readonly since: string; readonly after: string | null }
  /**
   * Looks for events of a time that CloudTrail knows and that never came.
   * `page`: where CloudTrail's list goes on. `found`: how many were found so far.
   */
  | {
      readonly kind: 'missed';
      readonly place: Place;
      readonly from: string;
      readonly to: string;
      readonly page: string | null;
      readonly found: number;
    };
