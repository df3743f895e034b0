/** What a promise gives, or `late` where it takes longer than `milliseconds`. */
export async function withinTime<R>(result: Promise<R>, milliseconds: number): Promise<R | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'late');
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
