import { expect, it } from 'vitest';
import { certificateNames, coversName } from '../../src/control/certificate.ts';
import { COMMON_NAME_ONLY, SEVERAL_NAMES } from '../certificates.ts';

it('reads the names of a certificate, and the common name only where it stands alone', () => {
  expect(certificateNames(SEVERAL_NAMES)).toEqual(['*.shop.example.com', 'shop.example.com']);
  expect(certificateNames(COMMON_NAME_ONLY)).toEqual(['intranet.example.com']);
  expect(() => certificateNames('no certificate')).toThrow();
});

it.each<[string, boolean, string[]]>([
  ['shop.example.com', true, ['shop.example.com']],
  ['Shop.example.com', true, ['SHOP.example.com']],
  ['api.shop.example.com', true, ['*.shop.example.com']],
  ['a.b.example.com', false, ['*.example.com']],
  ['example.com', false, ['*.example.com']],
  ['*.example.com', true, ['*.example.com']],
  ['*.shop.example.com', false, ['*.example.com']],
  ['shop.example.com', false, []],
])('%s is covered: %s, by %j', (name, expected, names) => {
  expect(coversName(names, name)).toBe(expected);
});
