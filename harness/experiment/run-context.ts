/** What `tidemark verify` needs to look at a run again; a run leaves it as `context.json`. */
import type { VerifyOptions } from '../checkers/verify.ts';

export type RunContext = Omit<VerifyOptions, 'readers' | 'expectComplete'>;
