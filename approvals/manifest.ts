import { COMMAND } from './ids.ts';
import { botEvents, botScopes, keysOf } from './scopes.ts';

/** Over which way Slack's requests come in. */
export type Transport = 'socket' | 'http';

/** Where Slack's requests are taken over HTTP. */
export const REQUEST_PATH = '/slack/events';

/** Where HTTPS ends, for the manifest; everybody puts their own name there. */
const EXAMPLE_URL = `https://redress.example.com${REQUEST_PATH}`;

/**
 * The manifest of the Slack app: paste it under "Create New App, from a
 * manifest", and everything is set up. It follows from the definitions, so
 * that no scope is forgotten and none is asked for in vain.
 */
export function slackManifest(transport: Transport, requestUrl = EXAMPLE_URL) {
  const address = transport === 'http' ? { request_url: requestUrl } : {};
  return {
    display_information: {
      name: 'Redress',
      description: 'Asks before it sets AWS misconfigurations right.',
      long_description:
        'Redress watches an AWS account for misconfigurations. Here it shows what it found and exactly what it would change, asks those who may decide, applies what they approve, proves that it worked, and offers to undo it.',
      background_color: '#1f3a2d',
    },
    features: {
      // Without the tab nobody can be written to; nobody writes there, either.
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'redress', always_online: true },
      slash_commands: [
        {
          ...{ command: COMMAND, ...(transport === 'http' ? { url: requestUrl } : {}) },
          description: 'What is wrong, what waits, and the stop switch',
          usage_hint: 'status | findings | stop [why] | resume | plan <arn>',
          should_escape: false,
        },
      ],
    },
    oauth_config: { scopes: { bot: [...keysOf(botScopes)] } },
    settings: {
      event_subscriptions: { ...address, bot_events: [...keysOf(botEvents)] },
      interactivity: { is_enabled: true, ...address },
      org_deploy_enabled: false,
      socket_mode_enabled: transport === 'socket',
      token_rotation_enabled: false,
    },
  };
}
