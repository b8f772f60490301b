import type Database from 'libsql';

/** A value that SQLite keeps as it is. */
export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/** SQL, with statements prepared once. */
export interface Sql {
  /** Every row. `.get()` of the library adds a key of its own, so it is not used. */
  all(sql: string, ...cells: readonly Cell[]): readonly Row[];
  first(sql: string, ...cells: readonly Cell[]): Row | undefined;
  /** Runs a statement and says how many rows it changed. */
  run(sql: string, ...cells: readonly Cell[]): number;
  /** All or nothing; the write lock is taken at once, so that nobody reads what another is changing. */
  transaction<T>(work: () => T): T;
}

/** Wraps a database. */
export function sqlOf(db: Database.Database): Sql {
  const prepared = new Map<string, Database.Statement>();
  const prepare = (sql: string): Database.Statement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    prepared.set(sql, made);
    return made;
  };
  // The only cast: the library types rows as unknown, and every column of the schema is text or a number.
  const all = (sql: string, ...cells: readonly Cell[]) => prepare(sql).all(...cells) as Row[];
  return {
    all,
    first: (sql, ...cells) => all(sql, ...cells)[0],
    run: (sql, ...cells) => prepare(sql).run(...cells).changes,
    transaction: (work) => {
      // libsql's own wrapper is typed with `any`; these three lines are all of it.
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}

/** A text column. */
export function text(row: Row | undefined, column: string): string {
  return String(row?.[column] ?? '');
}

/** A number column; 0 where there is no row. */
export function int(row: Row | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}

/** A column of JSON that this store has written itself. */
export function json<T>(row: Row | undefined, column: string): T | undefined {
  if (row === undefined) return undefined;
  return JSON.parse(text(row, column));
}
