import type { Command } from 'commander';
import { EngineError, isEngineError } from '../engine/errors.ts';
import { parseNewTag, type Tagging, tagSourceName } from '../engine/images/tagImage.ts';
import { canonicalReference } from '../engine/oci/reference.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

/** `image tag`, and `tag` at the top. */
export function addImageTagVerb(parent: Command, start: Start): void {
  addVerb(
    parent,
    {
      syntax: 'tag <source> <target>',
      summary: 'Give an image of the store one more name',
      details:
        'SOURCE is a reference or an ID. A name that another image has moves; where it was its last tag, that image ' +
        'stays behind dangling: "strata image prune" removes it.',
      json: '{"id","tag","movedFrom","leftDangling"}, movedFrom the ID of the image that had the tag before or null',
      examples: [
        'strata tag alpine registry.example.com/acme/base:1.0',
        'strata image tag 3f177db28869 app:test',
      ],
      run: tagImage,
    },
    start,
  );
}

/** As in Docker, success is silent. */
async function tagImage(session: Session, [source = '', target = '']: readonly string[]): Promise<ExitCode> {
  const name = tagSourceName(source);
  const tag = parseNewTag(target);
  const engine = await session.engine();
  const tagging = await engine.tag(source, tag, session.signal).catch((error: unknown) => {
    throw isEngineError(error, 'NotFound') ? new EngineError('NotFound', `No such image: ${name}`) : error;
  });
  if (session.json) await session.output.json(taggingJson(tagging));
  return exitCode.done;
}

function taggingJson({ image, tag, movedFrom, leftDangling }: Tagging): object {
  return { id: image.id, tag: canonicalReference(tag), movedFrom: movedFrom ?? null, leftDangling };
}
