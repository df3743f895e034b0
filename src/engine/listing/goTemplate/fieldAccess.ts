import { methodsOf } from './formatValue.ts';
import {
  GoCallError,
  type GoFunction,
  type GoMap,
  type GoStruct,
  type GoValue,
  goFunction,
  typeName,
} from './goValue.ts';
import { quote } from './quote.ts';
import { entryOf, indirect } from './reflection.ts';

export interface FieldRequest {
  readonly name: string;
  /** What stands before the dot, with its interface: messages name that type. */
  readonly receiver: GoValue;
  /** Whether arguments follow. */
  readonly hasArguments: boolean;
  readonly missingKey: 'default' | 'error';
}

/** The method of that name, bound to what it is called on. Only own members: nothing of JavaScript's is in reach. */
export function methodOf(receiver: GoValue, name: string): GoFunction | undefined {
  const { value, isNil } = indirect(receiver);
  const methods = isNil ? undefined : methodsOf(value);
  const method = methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
  return typeof method === 'function' ? goFunction([], () => method(value)) : method;
}

/** The field of a struct, or the value of a map's key, of that name. Throws {@link GoCallError} with Go's message. */
export function fieldOf(request: FieldRequest): GoValue {
  if (request.receiver === undefined) return fieldOfNothing(request);
  const { value, isNil } = indirect(request.receiver);
  if (isNil) return fieldOfNil(value, request);
  if (typeof value === 'object' && value.kind === 'struct') return structField(value, request);
  if (typeof value === 'object' && value.kind === 'map' && value.type.key?.name === 'string')
    return mapEntry(value, request);
  return noField(request);
}

function fieldOfNothing({ name, missingKey }: FieldRequest): undefined {
  if (missingKey === 'error') throw new GoCallError(`nil data; no entry for key ${quote(name)}`);
  return undefined;
}

function fieldOfNil(value: GoValue, request: FieldRequest): never {
  const names = typeof value === 'object' && value.kind === 'pointer' ? value.fieldNames : undefined;
  if (names !== undefined && !names.includes(request.name)) return noField(request);
  throw new GoCallError(`nil pointer evaluating ${typeName(request.receiver)}.${request.name}`);
}

function noField({ name, receiver }: FieldRequest): never {
  throw new GoCallError(`can't evaluate field ${name} in type ${typeName(receiver)}`);
}

function structField(struct: GoStruct, request: FieldRequest): GoValue {
  const { name, receiver, hasArguments } = request;
  const field = struct.fields.find((each) => each.name === name) ?? noField(request);
  if (!/^\p{Lu}/u.test(name))
    throw new GoCallError(`${name} is an unexported field of struct type ${typeName(receiver)}`);
  if (hasArguments) throw new GoCallError(`${name} has arguments but cannot be invoked as function`);
  return field.value;
}

function mapEntry(map: GoMap, { name, hasArguments, missingKey }: FieldRequest): GoValue {
  if (hasArguments) throw new GoCallError(`${name} is not a method but has arguments`);
  if (map.entries.has(name)) return entryOf(map, name);
  if (missingKey === 'error') throw new GoCallError(`map has no entry for key ${quote(name)}`);
  return undefined;
}
