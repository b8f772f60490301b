/** The page about the workflow: the diagram is made from the machine itself. */
export function workflowMarkdown(diagram: string): string {
  return `# The life of a finding

One state machine per finding decides; a driver does what it decides, store first. Made from the machine by
\`npm run generate\`; do not edit.

\`\`\`mermaid
${diagram.trim()}
\`\`\`

- **proposed** is where dry-run ends: the plan is written down and nothing else happens.
- **waiting** ends by a person's yes or no, by time, or when the resource changes. A yes is for one digest: a plan that
  has changed is asked again.
- **applying** reads and plans again first. If the digest differs nothing is written.
- **verifying** reads until the detector passes. A fix that cannot be seen is taken back.
- **needsPerson** is for what Redress must not decide: a fight with somebody else, a step whose outcome cannot be read.
- Every state but the final ones has a way out by time.
`;
}
