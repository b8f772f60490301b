import { describe, expect, it } from 'vitest';
import { type Answer, awsError, judge } from '../controls.ts';

const cors = (...AllowOrigins: string[]) => ({ ProtocolType: 'HTTP', CorsConfiguration: { AllowOrigins } });

describe('511: origins', () => {
  it.each<[string, Answer, string]>([
    ['none', { ProtocolType: 'HTTP' }, 'pass'],
    ['one', cors('https://app.example.com'), 'pass'],
    ['all', cors('https://app.example.com', '*'), 'fail: pages of every origin may read its answers (*)'],
    ['all with HTTPS', cors('https://*'), 'fail: pages of every origin may read its answers (https://*)'],
    ['all with HTTP', cors('http://*'), 'fail: pages of every origin may read its answers (http://*)'],
    ['WebSocket', { ProtocolType: 'WEBSOCKET' }, 'skip: WebSocket APIs have no CORS settings'],
    ['gone', awsError('NotFoundException'), 'skip: a1 does not exist (any more)'],
    ['denied', awsError('AccessDeniedException'), 'unknown: apigatewayv2:GetApi was denied; allow apigateway:GET'],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(511, 'a1', { 'apigatewayv2:GetApi': answer })).toBe(expected);
  });
});
