import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isEngineError } from '../../../../src/engine/errors.ts';
import { dockerFunctions } from '../../../../src/engine/listing/goTemplate/dockerFunctions.ts';
import { parseTemplate } from '../../../../src/engine/listing/goTemplate/template.ts';
import { sampleValues } from './sampleValues.ts';

interface GoldenCase {
  readonly name?: string;
  /** A key of {@link sampleValues}; `strict` runs with `missingkey=error`. */
  readonly data: string;
  readonly template: string;
  /** All that Go wrote, before an error too. */
  readonly output: string;
  readonly error?: string;
}

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/goTemplate');
const { cases } = JSON.parse(readFileSync(path.join(fixtures, 'cases.json'), 'utf8')) as {
  cases: GoldenCase[];
};

describe('Go templates, held against what Go 1.19 made of them', () => {
  for (const golden of cases) {
    it(`${JSON.stringify(golden.template)} of ${golden.data}`, () => {
      assert.deepEqual(run(golden), { output: golden.output, error: golden.error });
    });
  }

  it('covers the language and its errors', () => {
    assert.ok(cases.length >= 400);
    assert.ok(cases.filter(({ error }) => error !== undefined).length >= 80);
  });
});

function run({ name = '', data, template, error: _ }: GoldenCase): {
  output: string;
  error: string | undefined;
} {
  let output = '';
  try {
    const missingKey = data === 'strict' ? 'error' : 'default';
    parseTemplate(name, template, { functions: dockerFunctions, missingKey }).executeTo(
      sampleValues[data],
      (text) => {
        output += text;
      },
    );
  } catch (error) {
    assert.ok(isEngineError(error, 'Invalid'), String(error));
    return { output, error: error.message };
  }
  return { output, error: undefined };
}
