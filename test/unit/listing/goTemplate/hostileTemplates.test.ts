import assert from 'node:assert/strict';
import { isEngineError } from '../../../../src/engine/errors.ts';
import { dockerFunctions } from '../../../../src/engine/listing/goTemplate/dockerFunctions.ts';
import { parseTemplate } from '../../../../src/engine/listing/goTemplate/template.ts';
import { RandomTemplates } from './randomTemplate.ts';
import { sampleValues } from './sampleValues.ts';

/** The message of the error that it ends with; nothing else than `Invalid` may be thrown. */
function messageOf(template: string, data = 'json'): string {
  try {
    parseTemplate('', template, { functions: dockerFunctions }).executeTo(
      sampleValues[data],
      () => undefined,
    );
  } catch (error) {
    assert.ok(isEngineError(error, 'Invalid'), `${template}: ${error}`);
    return error.message;
  }
  return '';
}

function nested(count: number, before: string, inside: string, after: string): string {
  return before.repeat(count) + inside + after.repeat(count);
}

describe('templates that mean harm', () => {
  const doublings = Array.from(
    { length: 40 },
    (_, at) => `{{define "${at}"}}${`{{template "${at + 1}"}}`.repeat(2)}{{end}}`,
  );
  const cases: readonly [what: string, template: string, message: RegExp][] = [
    [
      'a template that calls itself',
      '{{define "r"}}{{template "r"}}{{end}}{{template "r"}}',
      /maximum template depth/,
    ],
    [
      'one that calls itself from within many blocks',
      `{{define "r"}}${nested(150, '{{if 1}}', '{{template "r"}}', '{{end}}')}{{end}}{{template "r"}}`,
      /maximum template depth/,
    ],
    ['too many parentheses', `{{${nested(5000, '(', '1', ')')}}}`, /nested deeper than 200 levels/],
    ['too many blocks', nested(5000, '{{if 1}}', 'x', '{{end}}'), /nested deeper than 200 levels/],
    ['too many arguments', `{{print${' 1'.repeat(5000)}}}`, /more than 1000 operands/],
    ['a template too long', 'x'.repeat(200_000), /longer than 131072 characters/],
    [
      'work that doubles forty times',
      `${doublings.join('')}{{define "40"}}{{end}}{{template "0"}}`,
      /more than 1000000 steps/,
    ],
    [
      'text that doubles',
      `{{$x := "x"}}${'{{$x = print $x $x}}'.repeat(60)}`,
      /more than \d+ (steps|characters)/,
    ],
    ['padding without end', '{{pad "x" 9223372036854775807 1}}', /longer than 16777216 characters/],
    [
      'text that is joined with itself',
      '{{$x := printf "%1000000d" 1}}{{join (split $x "") $x}}',
      /longer than \d+ characters/,
    ],
    [
      'loops in loops',
      '{{$x := split (printf "%100000d" 1) ""}}{{range $x}}{{range $x}}{{end}}{{end}}',
      /more than 1000000 steps/,
    ],
  ];
  for (const [what, template, message] of cases)
    it(`are stopped with one sentence: ${what}`, () => assert.match(messageOf(template), message)).timeout(
      20_000,
    );

  it('get as much nesting as anyone needs', () => {
    assert.equal(messageOf(nested(199, '{{if 1}}', 'x', '{{end}}')), '');
    assert.equal(messageOf(`{{${nested(199, '(print ', '1', ')')}}}`), '');
  });

  it('reach nothing of JavaScript’s own', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      assert.equal(messageOf(`{{if .${name}}}{{template "reached"}}{{end}}`), '');
      assert.match(messageOf(`{{.${name}}}`, 'image'), /can't evaluate field/);
      assert.match(messageOf(`{{${name} 1}}`), /function ".*" not defined/);
      assert.match(messageOf(`{{template "${name}"}}`), /template ".*" not defined/);
    }
  });

  it('write what came before an error, as Go does', () => {
    let written = '';
    const template = parseTemplate('', '{{.name}}: {{.name.x}} never');
    assert.throws(() =>
      template.executeTo(sampleValues.json, (text) => {
        written += text;
      }),
    );
    assert.equal(written, 'web: ');
  });

  it('of any kind end in a result or in one Invalid error (20,000 at random)', () => {
    const templates = new RandomTemplates(20_261_123);
    const names = Object.keys(sampleValues);
    let results = 0;
    for (let count = 0; count < 20_000; count += 1) {
      const message = messageOf(templates.next(), names[count % names.length]);
      if (message === '') results += 1;
      else assert.match(message, /^template: /);
    }
    assert.ok(results > 2000, `${results} of them gave a result`);
  }).timeout(60_000);
});
