/** A logger for runs in which only the history speaks. */
import type { Logger } from '../../../src/pipeline/ports/logger.ts';

const quiet = () => undefined;

export const silentLogger: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
