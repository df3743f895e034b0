import { Command } from 'commander';
import { addAnalyzeVerb } from './analyzeVerb.ts';
import { addCatVerb } from './catVerb.ts';
import { addContentVerbs } from './contentVerbs.ts';
import { addDiffVerb } from './diffVerb.ts';
import { globalOptions, helpOption } from './globalOptions.ts';
import { addHelpVerb } from './helpVerb.ts';
import { addImageCopyVerb } from './imageCopyVerb.ts';
import { addImageHistoryVerb } from './imageHistoryVerb.ts';
import { addImageInspectVerb } from './imageInspectVerb.ts';
import { addImageListVerb } from './imageListVerb.ts';
import { addImageLoadVerb } from './imageLoadVerb.ts';
import { addImagePruneVerb } from './imagePruneVerb.ts';
import { addImagePullVerb } from './imagePullVerb.ts';
import { addImagePushVerb } from './imagePushVerb.ts';
import { addImageRemoveVerb } from './imageRemoveVerb.ts';
import { addImageSaveVerb } from './imageSaveVerb.ts';
import { addImageTagVerb } from './imageTagVerb.ts';
import type { Output } from './output.ts';
import { addPackagesVerb } from './packagesVerb.ts';
import { addPinVerb } from './pinVerb.ts';
import { addReferenceVerb } from './referenceVerb.ts';
import { addReferrersVerb } from './referrersVerb.ts';
import { addRemoteVerbs } from './remoteVerbs.ts';
import { addScanVerb } from './scanVerb.ts';
import { addSearchVerb } from './searchVerb.ts';
import { addStoreVerbs } from './storeVerbs.ts';
import { addGroup, type Start } from './verb.ts';

/** The whole command line. Help goes to stdout wherever it is asked for, even by naming no verb; as in Docker. */
export function createProgram(version: string, output: Output, start: Start): Command {
  const program = new Command('strata')
    .description('Container images without a daemon: pull, list and look inside them, and pin what floats.')
    .version(version, '-v, --version', 'Print the version')
    .addHelpOption(helpOption())
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.text(text),
      writeErr: (text) => output.text(text),
      outputError: () => undefined,
    })
    .addHelpText('after', '\nRun "strata VERB --help" for more on a verb.');
  for (const option of globalOptions()) program.addOption(option);
  addImageVerbs(program, start);
  addSearchVerb(program, start);
  addRemoteVerbs(program, start);
  addReferrersVerb(program, start);
  addReferenceVerb(program, start);
  addContentVerbs(program, start);
  addAnalyzeVerb(program, start);
  addCatVerb(program, start);
  addDiffVerb(program, start);
  addPackagesVerb(program, start);
  addScanVerb(program, start);
  addPinVerb(program, start);
  addStoreVerbs(program, start);
  addHelpVerb(program);
  return program;
}

/** Each under `image` and, as in Docker, under its older name at the top. */
function addImageVerbs(program: Command, start: Start): void {
  const image = addGroup(program, 'image', 'Manage images');
  for (const parent of [image, program]) {
    addImagePullVerb(parent, start);
    addImagePushVerb(parent, start);
    addImageCopyVerb(parent, start);
  }
  addImageListVerb(image, 'ls', start);
  addImageListVerb(program, 'images', start);
  for (const parent of [image, program]) addImageHistoryVerb(parent, start);
  addImageRemoveVerb(image, 'rm', start);
  addImageRemoveVerb(program, 'rmi', start);
  addImageInspectVerb(image, 'image', start);
  addImageInspectVerb(program, 'object', start);
  for (const parent of [image, program]) addImageTagVerb(parent, start);
  addImagePruneVerb(image, start);
  for (const parent of [image, program]) {
    addImageSaveVerb(parent, start);
    addImageLoadVerb(parent, start);
  }
}
