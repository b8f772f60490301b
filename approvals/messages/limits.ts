/**
 * How much Slack takes, as docs.slack.dev/reference/block-kit and /reference/views
 * say it. Counted in UTF-16 units, which are never fewer than Slack's characters.
 */
export const limits = {
  header: 150,
  text: 3000,
  field: 2000,
  fields: 10,
  contextElements: 10,
  actionElements: 25,
  blockId: 255,
  button: { text: 75, value: 2000 },
  option: { text: 75, description: 75, value: 150 },
  checkboxes: 10,
  confirm: { title: 100, text: 300, button: 30 },
  input: { label: 2000, hint: 2000, placeholder: 150 },
  message: {
    blocks: 50,
    /** Shown by notifications and screen readers. `chat.update` refuses more than 4,000. */
    text: 4000,
    /**
     * All blocks together, as JSON. The reference has no number; Slack's people
     * speak of 12,000 characters with room for containers, and messages were
     * refused with 11,300 characters of text (bolt-js#2509, #2867). So less.
     */
    total: 10_000,
  },
  view: { blocks: 100, title: 24, metadata: 3000, bytes: 250_000 },
} as const;
