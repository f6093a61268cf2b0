/**
 * The command that runs the same thing again, ready to paste into a POSIX shell.
 *
 * The arguments of the run come back as they were. A seed that the run chose by itself is added,
 * because without it another run would take another schedule. Words are quoted only when the shell
 * would read them differently.
 */

/**
 * `program` is how the command line is started, `argv` what came after it, `seed` null or 0 when
 * the run has none.
 */
export function replayCommand(
  program: readonly string[],
  argv: readonly string[],
  seed: number | null,
): string {
  const seeded = argv.some((word) => word === '--seed' || word.startsWith('--seed='));
  const words = [...program, ...argv];
  if (seed !== null && seed !== 0 && !seeded) words.push('--seed', String(seed));
  return words.map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
