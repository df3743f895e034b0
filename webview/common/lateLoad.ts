// To be imported before the toolkit, which waits for the page to load before it takes on the theme: where the page has
// loaded, that would be for ever. An event of our own would be heard by VS Code's code around the page as well, which it
// leads astray.

const missed: (() => void)[] = [];

if (document.readyState === 'complete') {
  Object.defineProperty(window, 'addEventListener', {
    configurable: true,
    value: (type: string, listener: () => void, ...options: readonly []) => {
      if (type === 'load') missed.push(listener);
      else EventTarget.prototype.addEventListener.call(window, type, listener, ...options);
    },
  });
}

/** Does what was to be done when the page has loaded; from now on it is listened to as ever. */
export function catchUp(): void {
  Reflect.deleteProperty(window, 'addEventListener');
  for (const listener of missed.splice(0)) listener();
}
