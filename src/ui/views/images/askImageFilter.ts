import { Disposable, type InputBox, l10n, window } from 'vscode';
import { isEngineError } from '../../../engine/errors.ts';
import { checkImageSearch } from './imageList.ts';
import type { ImagesView } from './imagesView.ts';

/** Milliseconds without a key before the view follows what is typed. */
const settle = 150;

/**
 * Filters the view while one types: Enter keeps what is shown, Escape goes back to what was before.
 * @param given a key binding's argument: the filter itself, about which nobody is asked
 */
export async function askImageFilter(view: ImagesView, given?: unknown): Promise<void> {
  if (typeof given === 'string') {
    checkImageSearch(given);
    view.search = given;
    return;
  }
  const before = view.search;
  const input = window.createInputBox();
  input.title = l10n.t('Filter Images');
  input.value = before;
  input.placeholder = 'web  arm64  reference=*:latest  label=tier=front  dangling=true  since=alpine:3.20';
  input.prompt = l10n.t('Words of names, the beginning of an ID, or the filters of strata image ls');
  const accepted = await typed(input, (text) => {
    view.search = text;
  });
  if (!accepted) view.search = before;
}

/** Whether Enter was pressed. What is nonsense is said so, and not followed. */
function typed(input: InputBox, follow: (text: string) => void): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const isSound = () => {
    const problem = searchProblem(input.value);
    input.validationMessage = problem;
    return problem === undefined;
  };
  return new Promise((resolve) => {
    const end = (accepted: boolean) => {
      clearTimeout(timer);
      resolve(accepted);
      owned.dispose();
    };
    const owned = Disposable.from(
      input,
      input.onDidChangeValue(() => {
        clearTimeout(timer);
        timer = setTimeout(() => isSound() && follow(input.value), settle);
      }),
      input.onDidAccept(() => {
        if (!isSound()) return;
        follow(input.value);
        end(true);
      }),
      input.onDidHide(() => end(false)),
    );
    input.show();
  });
}

function searchProblem(text: string): string | undefined {
  try {
    checkImageSearch(text);
    return undefined;
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return error.message;
    throw error;
  }
}
