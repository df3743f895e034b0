import { withoutInterface } from './formatValue.ts';
import { canBeNil, type GoType, goType, isAssignable } from './goType.ts';
import { GoCallError, type GoValue, typeName, typeOf, zeroValue } from './goValue.ts';
import { type LiteralNode, type NumberNode, nodeText } from './nodes.ts';

/** What stands there where nothing says of what type it is to be. Throws {@link GoCallError}, as all here. */
export function literalValue(node: LiteralNode): GoValue {
  return node.kind === 'number' ? numberValue(node) : node.value;
}

/** How a number is written decides on its type. */
function numberValue(node: NumberNode): GoValue {
  if (node.complex !== undefined) return node.complex;
  if (node.float !== undefined && isWrittenAsFloat(node.text)) return node.float;
  if (node.int === undefined) throw new GoCallError(`${node.text} overflows int`);
  return node.int;
}

/** `1.5`, `1e3`, `0x1p4`, but neither `0x1e3` nor `'e'`. */
function isWrittenAsFloat(text: string): boolean {
  if (text.startsWith("'") || /^0[xX][^pP]+$/.test(text)) return false;
  return /[.eEpP]/.test(text);
}

/** A literal as an argument: the parameter decides on its type. */
export function literalArgument(node: LiteralNode, type: GoType = goType('interface {}')): GoValue {
  const number = node.kind === 'number' ? node : undefined;
  switch (type.kind) {
    case 'interface':
    case 'reflect':
      return literalValue(node);
    case 'bool':
      return expected('bool', node.kind === 'bool' ? node.value : undefined, node);
    case 'string':
      return expected('string', node.kind === 'string' ? node.value : undefined, node);
    case 'int':
      return expected('integer', number?.int, node);
    case 'uint':
      return expected('unsigned integer', number?.uint, node);
    case 'float':
      return expected('float', number?.float, node);
    default:
      throw new GoCallError(`can't handle ${nodeText(node)} for arg of type ${type.name}`);
  }
}

function expected(what: string, value: GoValue, node: LiteralNode): GoValue {
  if (value === undefined) throw new GoCallError(`expected ${what}; found ${nodeText(node)}`);
  return value;
}

/** `nil` as an argument. */
export function nilArgument(type: GoType | undefined): GoValue {
  if (type === undefined) return undefined;
  if (!canBeNil(type)) throw new GoCallError(`cannot assign nil to ${type.name}`);
  return zeroValue(type);
}

/** The value as an argument of that type: taken out of its interface or from behind its pointer where that helps. */
export function fittingArgument(value: GoValue, type: GoType | undefined): GoValue {
  if (type === undefined || type.kind === 'reflect') return value;
  if (value === undefined) return absentArgument(type);
  if (type.kind === 'interface') return withoutInterface(value);
  const inside = withoutInterface(value) ?? value;
  const from = typeOf(inside);
  return from !== undefined && isAssignable(from, type) ? inside : dereferenced(inside, type);
}

function absentArgument(type: GoType): GoValue {
  if (!canBeNil(type)) throw new GoCallError(`invalid value; expected ${type.name}`);
  return zeroValue(type);
}

function dereferenced(value: GoValue, type: GoType): GoValue {
  const elem = typeOf(value)?.elem;
  if (
    typeof value !== 'object' ||
    value.kind !== 'pointer' ||
    elem === undefined ||
    !isAssignable(elem, type)
  )
    throw new GoCallError(`wrong type for value; expected ${type.name}; got ${typeName(value)}`);
  if (value.target === undefined) throw new GoCallError(`dereference of nil pointer of type ${type.name}`);
  return value.target;
}
