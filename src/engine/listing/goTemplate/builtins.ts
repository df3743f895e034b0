import { isEqualToAny, isLess, isLessOrEqual } from './compare.ts';
import { escapeHtml, escapeQuery, escapeScript } from './escapers.ts';
import { sprint, sprintln, withoutInterface } from './formatValue.ts';
import { isAssignable } from './goType.ts';
import { GoCallError, type GoFunction, type GoValue, goFunction, typeOf } from './goValue.ts';
import { indexValue, lengthOf, sliceValue } from './indexing.ts';
import { sprintf } from './printf.ts';
import { integerOf, isTrue, textOf } from './reflection.ts';

const anything = 'reflect.Value';
const more = '...reflect.Value';
const values = '...interface {}';

/** The functions that every template has. https://pkg.go.dev/text/template#hdr-Functions */
export const builtins: Readonly<Record<string, GoFunction>> = {
  // These two stop at the first argument that decides: the template itself evaluates them.
  and: goFunction([anything, more], (first) => first, anything),
  or: goFunction([anything, more], (first) => first, anything),
  not: goFunction([anything], (value) => !isTrue(value), 'bool'),
  len: goFunction([anything], lengthOf, 'int'),
  index: goFunction([anything, more], (item, ...indexes) => indexValue(item, indexes), anything),
  slice: goFunction([anything, more], (item, ...indexes) => sliceValue(item, indexes), anything),
  call: goFunction([anything, more], (called, ...given) => callValue(called, given), anything),
  print: goFunction([values], (...given) => sprint(given)),
  println: goFunction([values], (...given) => sprintln(given)),
  printf: goFunction(['string', values], (format, ...given) => sprintf(textOf(format) ?? '', given)),
  html: goFunction([values], (...given) => escapeHtml(given)),
  js: goFunction([values], (...given) => escapeScript(given)),
  urlquery: goFunction([values], (...given) => escapeQuery(given)),
  eq: goFunction([anything, more], (first, ...others) => isEqualToAny(first, others), 'bool'),
  ne: goFunction([anything, anything], (a, b) => !isEqualToAny(a, [b]), 'bool'),
  lt: goFunction([anything, anything], isLess, 'bool'),
  le: goFunction([anything, anything], isLessOrEqual, 'bool'),
  gt: goFunction([anything, anything], (a, b) => !isLessOrEqual(a, b), 'bool'),
  ge: goFunction([anything, anything], (a, b) => !isLess(a, b), 'bool'),
};

function callValue(value: GoValue, given: readonly GoValue[]): GoValue {
  const called = withoutInterface(value);
  if (called === undefined) throw new GoCallError('call of nil');
  if (typeof called !== 'object' || called.kind !== 'func')
    throw new GoCallError(`non-function of type ${typeOf(called)?.name}`);
  checkCount(called, given.length);
  return called.call(...given.map((argument, at) => checkArgument(called, withoutInterface(argument), at)));
}

function checkCount(called: GoFunction, count: number): void {
  const wanted = called.parameters.length;
  if (called.variadic && count < wanted - 1)
    throw new GoCallError(`wrong number of args: got ${count} want at least ${wanted - 1}`);
  if (!called.variadic && count !== wanted)
    throw new GoCallError(`wrong number of args: got ${count} want ${wanted}`);
}

function checkArgument(called: GoFunction, value: GoValue, at: number): GoValue {
  const wanted = called.parameters[at] ?? called.parameters.at(-1);
  const type = typeOf(value);
  if (wanted === undefined || type === undefined || isAssignable(type, wanted)) return value;
  if (integerOf(value) !== undefined && (wanted.kind === 'int' || wanted.kind === 'uint')) return value;
  throw new GoCallError(`arg ${at}: value has type ${type.name}; should be ${wanted.name}`);
}
