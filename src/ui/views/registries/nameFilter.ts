/** Whether a name has every word of a filter in it, `*` and `?` standing for any text and any character. */
export function nameFilter(filter: string): (name: string) => boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const patterns = words.map(wordPattern);
  return (name) => {
    const lower = name.toLowerCase();
    return patterns.every((matches) => matches(lower));
  };
}

function wordPattern(word: string): (name: string) => boolean {
  if (!/[*?]/.test(word)) return (name) => name.includes(word);
  return (name) => matchesGlob(word, name);
}

/** In time that no filter can make quadratic in its stars: each star is settled once it is passed. */
function matchesGlob(pattern: string, name: string): boolean {
  let [at, place, star, resume] = [0, 0, -1, 0];
  while (place < name.length) {
    const expected = pattern[at];
    if (expected === '*') {
      star = at++;
      resume = place;
    } else if (expected === '?' || expected === name[place]) {
      at++;
      place++;
    } else if (star >= 0) {
      at = star + 1;
      place = ++resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
