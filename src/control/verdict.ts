/**
 * What a check says of a resource. A check never sees half-read state, so it
 * cannot say `unknown`: only the engine can.
 */
export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'fail'; readonly because: string }
  | { readonly verdict: 'skip'; readonly because: string };

export const pass: Verdict = { verdict: 'pass' };

/** The control is broken. `because` is a clause in plain words: "versioning is suspended". */
export const fail = (because: string): Verdict => ({ verdict: 'fail', because });

/** The control does not apply to this resource. */
export const skip = (because: string): Verdict => ({ verdict: 'skip', because });

export type Criticality = 'HIGH' | 'MEDIUM' | 'LOW';
