// Bundles the Lambda functions into dist/lambda/<name>/index.mjs, each a folder
// of its own that is ready to be zipped: packages are in it, so that what runs
// is what was locked and tested, not what the runtime brings along. AWS clients
// stay pieces of their own and are loaded when first needed.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** The functions, by the names of their modules in src/lambda/. */
export const functions = ['intake', 'worker', 'decisions', 'sweep', 'slack'];

/** CommonJS packages ask for Node's own modules with `require`, which ES modules do not have. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __dirnameOf } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __dirnameOf(__filename);',
].join('\n');

/**
 * Builds all functions.
 *
 * @param {string} outdir the folder for their folders
 * @returns {Promise<{ name: string, bytes: number }[]>} how large each is, not zipped
 */
export async function buildLambda(outdir) {
  await rm(outdir, { recursive: true, force: true });
  const sizes = [];
  for (const name of functions) {
    const { metafile } = await build({
      entryPoints: { index: `src/lambda/${name}.ts` },
      outdir: join(outdir, name),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      minify: true,
      // Names of functions and classes are in logs and in error messages.
      keepNames: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // ES modules where a package has both: half of it is left out then.
      mainFields: ['module', 'main'],
      // The embedded store is native code, and of no use where disks do not last.
      external: ['libsql'],
      banner: { js: banner },
      legalComments: 'none',
      logLevel: 'warning',
      metafile: true,
    });
    const inputs = Object.keys(metafile.inputs);
    if (inputs.some((one) => one.includes('node_modules/libsql/'))) throw new Error(`${name} holds libsql.`);
    sizes.push({ name, bytes: await sizeOf(join(outdir, name)) });
  }
  return sizes;
}

async function sizeOf(folder) {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.filter((one) => one.isFile()).map(async (one) => (await stat(join(one.parentPath, one.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const sizes = await buildLambda('dist/lambda');
  for (const { name, bytes } of sizes) {
    process.stdout.write(`${name}: ${(bytes / 1_000_000).toFixed(1)} MB, not zipped\n`);
  }
}
