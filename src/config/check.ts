import type { Catalogue, Control } from '../catalogue.ts';
import type { Problem } from './error.ts';
import { nearest, suggestion } from './nearest.ts';
import { whyUnfit } from './parameter-values.ts';
import { shown } from './schema.ts';

type Path = readonly PropertyKey[];

/**
 * What only the catalogue can tell of a configuration: whether its controls and
 * parameters exist, and whether their values fit. Takes the raw data, so that
 * these mistakes are told together with those of its shape.
 */
export function checkAgainst(catalogue: Catalogue, data: unknown): readonly Problem[] {
  return [
    ...checkControls(catalogue, ['controls'], at(data, 'controls')),
    ...entries(at(data, 'accounts')).flatMap(([id, settings]) =>
      checkControls(catalogue, ['accounts', id, 'controls'], at(settings, 'controls')),
    ),
    ...elements(at(data, 'tags')).flatMap((rule, index) =>
      checkControls(catalogue, ['tags', index, 'controls'], at(rule, 'controls')),
    ),
    ...checkNumbers(catalogue, data, ['exemptions'], 'control'),
    ...checkNumbers(catalogue, data, ['approvers'], 'controls'),
    ...checkNumbers(catalogue, data, ['slack', 'routes'], 'controls'),
  ];
}

function checkNumbers(catalogue: Catalogue, data: unknown, list: readonly string[], key: string): readonly Problem[] {
  return elements(list.reduce(at, data)).flatMap((one, index) => {
    const value = at(one, key);
    const path = [...list, index, key];
    const numbers = Array.isArray(value)
      ? elements(value).map((number, place) => ({ number, path: [...path, place] }))
      : [{ number: value, path }];
    return numbers.flatMap(({ number, path }) => {
      return Number.isInteger(number) && !catalogue.has(Number(number)) ? [noSuchControl(path, number)] : [];
    });
  });
}

const noSuchControl = (path: Path, number: unknown): Problem => ({
  path,
  message: `there is no control ${number}; "redress controls" lists them`,
});

function checkControls(catalogue: Catalogue, path: Path, settings: unknown): readonly Problem[] {
  return entries(settings).flatMap(([number, own]) => {
    if (!/^[1-9]\d*$/.test(number)) return [];
    const here = [...path, number];
    const control = catalogue.get(Number(number));
    if (control === undefined) return [noSuchControl(here, number)];
    return [
      ...checkMode(control, here, at(own, 'mode')),
      ...checkParameters(control, [...here, 'parameters'], at(own, 'parameters')),
      ...entries(at(own, 'regions')).flatMap(([region, regional]) =>
        checkParameters(control, [...here, 'regions', region, 'parameters'], at(regional, 'parameters')),
      ),
    ];
  });
}

function checkMode({ number, remediation }: Control, path: Path, mode: unknown): readonly Problem[] {
  if (remediation.mode !== 'guided' || (mode !== 'auto' && mode !== 'approve')) return [];
  const message = `control ${number} is set right by a person with a runbook, never by calls; use guided or off`;
  return [{ path: [...path, 'mode'], message }];
}

function checkParameters({ number, remediation }: Control, path: Path, values: unknown): readonly Problem[] {
  const known = Object.keys(remediation.parameters);
  return entries(values).flatMap(([name, value]) => {
    const here = [...path, name];
    if (!known.includes(name)) {
      const remedy = known.length === 0 ? 'it takes none' : suggestion(name, known);
      return [{ path: here, message: `control ${number} has no such parameter; ${remedy}` }];
    }
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const why = whyUnfit(name, String(value));
    return why === undefined ? [] : [{ path: here, message: `${shown(String(value))} ${why}` }];
  });
}

const SECRET = /^(xox[a-z]-|xapp-|gh[opsu]_)|^(AKIA|ASIA)[A-Z2-7]{16}$|-----BEGIN [A-Z ]*PRIVATE KEY/;

/** Values that look like secrets. They are named, never shown. */
export function findSecrets(data: unknown, path: Path = []): readonly Problem[] {
  if (typeof data === 'string') {
    if (!SECRET.test(data.trim())) return [];
    return [{ path, message: 'looks like a secret; take it out of the file and set it in the environment' }];
  }
  if (Array.isArray(data)) return data.flatMap((one, index) => findSecrets(one, [...path, index]));
  return entries(data).flatMap(([key, value]) => findSecrets(value, [...path, key]));
}

/** What to say of a key that does not exist. */
export function unknownKey(key: string, known: readonly string[]): string {
  if (/token|secret|password|credential/i.test(key) && nearest(key, known) === undefined) {
    return 'secrets never stand in this file; set them in the environment';
  }
  return `unknown key; ${suggestion(key, known)}`;
}

function at(value: unknown, key: string): unknown {
  return entries(value).find(([name]) => name === key)?.[1];
}

function entries(value: unknown): readonly [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
