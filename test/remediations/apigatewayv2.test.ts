import { describe, expect, it } from 'vitest';
import { callsOf, judge, planFor } from '../controls.ts';

const rest = { AllowMethods: ['GET', 'PUT'], AllowHeaders: ['x-id'], MaxAge: 60, ExposeHeaders: ['etag'] };
const answers = (AllowOrigins: string[]) => ({
  'apigatewayv2:GetApi': { ProtocolType: 'HTTP', CorsConfiguration: { ...rest, AllowOrigins } },
});
const write = (AllowOrigins: string[]) => [
  'apigatewayv2:UpdateApi',
  { ApiId: 'a1', CorsConfiguration: { ...rest, AllowOrigins } },
];

describe('511', () => {
  it('names the chosen origins and keeps those that were named, and everything else', async () => {
    const parameters = { allowedOrigins: 'https://app.example.com, http://localhost:3000' };
    const wanted = ['https://old.example.com', 'https://app.example.com', 'http://localhost:3000'];
    const plan = await planFor(511, 'a1', answers(['*', 'https://old.example.com']), { parameters });
    expect(callsOf(plan)).toEqual({ steps: [write(wanted)], undo: [write(['*', 'https://old.example.com'])] });
    expect(await judge(511, 'a1', answers(wanted))).toBe('pass');
  });

  it.each(['*', 'https://*', 'app.example.com', ' , '])('refuses %j', async (allowedOrigins) => {
    const plan = await planFor(511, 'a1', answers(['*']), { parameters: { allowedOrigins } });
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
  });

  it('asks for origins', async () => {
    expect(await planFor(511, 'a1', answers(['*']))).toMatchObject({ missing: ['allowedOrigins'], steps: [] });
  });
});
