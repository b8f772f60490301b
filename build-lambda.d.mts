/** The functions, by the names of their modules in src/lambda/. */
export declare const functions: readonly string[];

/** Builds all functions into a folder of folders, and says how large each is, not zipped. */
export declare function buildLambda(outdir: string): Promise<readonly { name: string; bytes: number }[]>;
