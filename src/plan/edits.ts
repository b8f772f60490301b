import { isDeepStrictEqual } from 'node:util';
import type { Control } from '../catalogue.ts';
import { callsBetween } from '../control/document.ts';
import { type Edit, isByHand } from '../control/remediation.ts';
import type { At } from '../control/resource.ts';
import type { Session } from '../judge/session.ts';
import { contextOf } from './context.ts';
import { asJson } from './digest.ts';
import { byPerson, type Draft, lockOf, noPlan, nothing, planned, worstUndo } from './draft.ts';
import type { PlanSettings } from './settings.ts';

/** Merges the edits of one document into one write. An edit that needs a person stands alone. */
export async function draftEdits(
  session: Session,
  group: readonly Control[],
  at: At,
  settings: PlanSettings,
): Promise<Draft[]> {
  const edits = group.flatMap((control) =>
    control.remediation.kind === 'edit' ? { control, edit: control.remediation } : [],
  );
  const document = edits[0]?.edit.document;
  const gone = edits[0]?.control.detector.resource.gone ?? [];
  if (document === undefined) return [];
  const current = await session.value(document.read, at, gone);
  const changeOf = async (from: unknown, control: Control, { change }: Edit) =>
    change(from, await contextOf(session, control, at, settings));
  const apart: Draft[] = [];
  const merged: Control[] = [];
  let wanted = current;
  for (const { control, edit } of edits) {
    const changed = await changeOf(wanted, control, edit).catch(noPlan);
    if (isByHand(changed)) apart.push(byPerson([control], at, settings, changed.byHand));
    else {
      wanted = changed;
      merged.push(control);
    }
  }
  if (merged.length === 0) return apart;
  wanted = document.settle(wanted);
  const calls = isDeepStrictEqual(asJson(wanted), asJson(current)) ? [] : callsBetween(document, at, current, wanted);
  if (calls.length === 0) {
    return [
      ...apart,
      byPerson(merged, at, settings, 'The documented change would alter nothing here; look at the resource itself.'),
    ];
  }
  const undoable = current !== undefined || document.remove !== undefined;
  const undo = worstUndo(merged.map(({ remediation }) => remediation.undo));
  const undoClass = undoable ? undo : 'none';
  const draft: Draft = {
    ...nothing(merged, at, settings),
    steps: planned('write', calls, at),
    undo: {
      class: undoClass,
      steps: undoClass === 'none' ? [] : planned('undo-write', callsBetween(document, at, wanted, current), at),
    },
    before: asJson(current),
    after: asJson(wanted),
    locks: [lockOf(document.read, at.arn)],
  };
  return [draft, ...apart];
}
