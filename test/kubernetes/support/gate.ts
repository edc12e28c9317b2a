/** Lets so many through at a time; the others wait for their turn. */
export function gate(most: number) {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async <T>(act: () => Promise<T>): Promise<T> => {
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    busy++;
    try {
      return await act();
    } finally {
      busy--;
      waiting.shift()?.();
    }
  };
}
