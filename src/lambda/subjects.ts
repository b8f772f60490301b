import type { Catalogue } from '../catalogue.ts';
import type { Gathered } from '../intake/coalesce.ts';
import { gather } from '../intake/coalesce.ts';
import { isUnparseable, UnparseableError } from '../intake/ignored.ts';
import { takeIn } from '../intake/intake.ts';
import type { Router } from '../intake/route.ts';
import { type Subject, subjectKey, typeName, unionOf } from '../intake/subject.ts';
import { type ResourceBody, readMessage } from './messages.ts';

/** Reads messages of the queue of resources. */
export interface SubjectReader {
  /** @throws UnparseableError for a message that nobody can read */
  read(body: string): readonly Gathered[];
}

/** Makes the reader, which knows the resource types of the catalogue by name. */
export function createSubjectReader(catalogue: Catalogue, router: Router): SubjectReader {
  const controlsOf = new Map<string, Pick<Subject, 'resource' | 'controls'>>();
  for (const { number, detector } of catalogue.values()) {
    const { resource } = detector;
    const known = controlsOf.get(typeName(resource))?.controls ?? [];
    controlsOf.set(typeName(resource), { resource, controls: unionOf(known, [number]) });
  }

  function fromRecord({ record, key }: Extract<ResourceBody, { record: unknown }>): readonly Gathered[] {
    const { arrivals, ignored } = takeIn(JSON.stringify(record), router);
    if (ignored.some(isUnparseable)) throw new UnparseableError(ignored);
    const own = arrivals.filter(({ subject }) => subject.key === key);
    // Written by another version, whose keys differ: then everything that the event is about is judged.
    return gather(own.length > 0 ? own : arrivals);
  }

  function fromSubject({ subject }: Extract<ResourceBody, { subject: unknown }>): readonly Gathered[] {
    const { place, type, id } = subject;
    const known = controlsOf.get(type);
    if (known === undefined) return [];
    const key = subjectKey(place, type, id);
    return [{ subject: { ...known, ...place, target: { kind: 'id', id }, key }, causes: [] }];
  }

  return {
    read(body) {
      const message = readMessage(body);
      if ('unreadable' in message)
        throw new UnparseableError([{ event: 'message', because: `unparseable: ${message.unreadable}` }]);
      return 'record' in message.body ? fromRecord(message.body) : fromSubject(message.body);
    },
  };
}

/** Several gatherings as one for each resource, so that none is judged twice. */
export function together(all: readonly Gathered[]): readonly Gathered[] {
  const found = new Map<string, Gathered>();
  for (const { subject, causes } of all) {
    const known = found.get(subject.key);
    const controls = unionOf(known?.subject.controls ?? [], subject.controls);
    const events = new Map([...(known?.causes ?? []), ...causes].map((event) => [event.eventID, event]));
    const inOrder = [...events.values()].sort((a, b) =>
      a.eventTime < b.eventTime ? -1 : Number(a.eventTime > b.eventTime),
    );
    found.set(subject.key, { subject: { ...subject, controls }, causes: inOrder });
  }
  return [...found.values()];
}
