/** A counting semaphore: at most `slotsMax` tasks at a time, first come first served. */
export interface Slots {
  use<T>(task: () => Promise<T>): Promise<T>;
}

export function createSlots(slotsMax: number): Slots {
  let free = slotsMax;
  const waiting: Array<() => void> = [];
  const take = async (): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const give = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    use: async (task) => {
      await take();
      try {
        return await task();
      } finally {
        give();
      }
    },
  };
}
