// Bundles the command line into dist/. Our own code is split by what each
// command needs, so that `redress controls` does not pay for the AWS SDK;
// packages stay in node_modules and are loaded when first used.
import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { redress: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'none',
  logLevel: 'warning',
});

// npm links the bins of dependencies only. With this one, `npx redress` works in a checkout too.
await chmod('dist/redress.js', 0o755);
await mkdir('node_modules/.bin', { recursive: true });
await rm('node_modules/.bin/redress', { force: true });
await symlink('../../dist/redress.js', 'node_modules/.bin/redress');
