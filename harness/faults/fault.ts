/**
 * What a fault is: something that happens to a real process or on a real wire, tied to a step of
 * the protocol.
 *
 * A fault is armed before the workload, bites when its step is reached, and afterwards reports what
 * it saw itself: a fault that did not bite proves nothing, so its run cannot pass. `heal` undoes
 * what is left of it and is always called.
 */

export interface FaultObservation {
  /**
   * What was seen, with the facts that tie it to the step: range, pid, status of the hidden answer.
   */
  readonly detail: string;
  readonly at: number;
}

export interface Fault {
  readonly name: string;
  /** The protocol step in words, e.g. `between the 2nd insert and its done`. */
  readonly step: string;
  /** For faults that act by themselves: called once, when the processes have been started. */
  begin?(): void;
  /** Null while it has not bitten. */
  observed(): FaultObservation | null;
  heal(): Promise<void>;
}

/** What strikes when nobody asks for anything else. */
export const defaultFaults = ['ingester-killed', 'insert-answer-cut', 'commit-answer-cut'] as const;

export const faultNames = [...defaultFaults, 'random-kills'] as const;
export type FaultName = (typeof faultNames)[number];
