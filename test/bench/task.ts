import type { Result } from './measure.ts';
import type { Peaks } from './memory.ts';

/** One measurement that a process of its own makes, with its size. */
export type Task =
  | { readonly measure: 'routing'; readonly records: number; readonly rounds: number }
  | { readonly measure: 'reads' }
  | { readonly measure: 'functions'; readonly folder: string; readonly rounds: number }
  | { readonly measure: 'start-up'; readonly command: string; readonly rounds: number }
  | { readonly measure: 'judging'; readonly events: number; readonly rounds: number }
  | { readonly measure: 'working'; readonly events: number; readonly rounds: number }
  | { readonly measure: 'recording'; readonly buckets: number; readonly rounds: number }
  | { readonly measure: 'acknowledging'; readonly clicks: number; readonly rounds: number }
  | { readonly measure: 'deciding'; readonly decisions: number }
  | { readonly measure: 'scan'; readonly buckets: number };

/** What that process says at its end. */
export type Answer =
  | { readonly kind: 'results'; readonly results: readonly Result[] }
  | { readonly kind: 'peaks'; readonly peaks: Peaks };
