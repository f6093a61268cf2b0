/**
 * Progress on stderr: what the run is doing right now.
 *
 * On a terminal each phase is one live line that is drawn over and stays with its duration when the
 * phase ends. Anywhere else (a pipe, CI) it is plain lines: one when a phase starts, one when it
 * ends, and in between one now and then so that a log shows life without being flooded. Progress is
 * for people; no program should read it and nothing depends on it.
 */
import { systemClock } from '../system-clock.ts';

/**
 * The least time between two drawings of the live line, and between two plain lines of one phase.
 */
const redrawMsMin = 80;
const plainMsMin = 5_000;
const columnsDefault = 100;

export interface ProgressStream {
  write(text: string): unknown;
  readonly columns?: number;
}

export interface Progress {
  /** Begins a phase and ends the one before. */
  phase(name: string): void;
  /** What the phase has reached, in a few words; throttled, so it may be called often. */
  update(detail: string): void;
  /** A line that stays, such as a fault that bit. */
  note(text: string): void;
  /** Ends the phase, with a last word about it. Safe to repeat. */
  finish(detail?: string): void;
}

interface Phase {
  readonly name: string;
  readonly startMs: number;
  detail: string;
  drawnMs: number;
}

/** `clock` gives monotonic milliseconds. */
export function createProgress(
  stream: ProgressStream,
  isTty: boolean,
  clock: { monotonicMs(): number } = systemClock,
): Progress {
  let current: Phase | null = null;
  const clear = () => (isTty && current !== null ? '\r\x1b[2K' : '');
  const line = (phase: Phase) => {
    const seconds = ((clock.monotonicMs() - phase.startMs) / 1_000).toFixed(1);
    const text = `${phase.name}  ${seconds} s${phase.detail === '' ? '' : `  ${phase.detail}`}`;
    const columns = (stream.columns ?? columnsDefault) - 1;
    return isTty && text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
  };
  const draw = (phase: Phase) => {
    phase.drawnMs = clock.monotonicMs();
    stream.write(isTty ? `\r\x1b[2K${line(phase)}` : `${line(phase)}\n`);
  };
  const finish = (detail?: string) => {
    if (current === null) return;
    if (detail !== undefined) current.detail = oneLine(detail);
    stream.write(`${clear()}${line(current)}${isTty ? '' : '  done'}\n`);
    current = null;
  };
  return {
    phase(name) {
      finish();
      const now = clock.monotonicMs();
      current = { name: oneLine(name), startMs: now, detail: '', drawnMs: now };
      if (isTty) draw(current);
      else stream.write(`${current.name} ...\n`);
    },
    update(detail) {
      if (current === null) return;
      current.detail = oneLine(detail);
      const since = clock.monotonicMs() - current.drawnMs;
      if (since >= (isTty ? redrawMsMin : plainMsMin)) draw(current);
    },
    note(text) {
      stream.write(`${clear()}${oneLine(text)}\n`);
      if (isTty && current !== null) draw(current);
    },
    finish,
  };
}

/** Line breaks and control characters would destroy the live line. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
