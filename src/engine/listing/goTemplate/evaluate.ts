import { ErrorPlace } from './evaluationErrors.ts';
import type { ExecutionLimits } from './executionLimits.ts';
import { methodsOf, withoutInterface } from './formatValue.ts';
import { canBeNil, type GoType, goType, isAssignable } from './goType.ts';
import {
  GoCallError,
  type GoFunction,
  type GoMap,
  type GoMethod,
  type GoStruct,
  type GoValue,
  goFunction,
  typeName,
  typeOf,
  zeroValue,
} from './goValue.ts';
import {
  type ChainNode,
  type CommandNode,
  type IdentifierNode,
  type Node,
  type NumberNode,
  nodeText,
  type Operand,
  type PipeNode,
  type VariableNode,
} from './nodes.ts';
import { quote } from './quote.ts';
import { entryOf, indirect, isTrue } from './reflection.ts';
import type { Template } from './template.ts';

/** Stands where a command gets nothing from the one before it. */
const nothing = Symbol('nothing');
type Final = GoValue | typeof nothing;

interface Variable {
  readonly name: string;
  value: GoValue;
}

const anything = goType('interface {}');

/** Evaluates pipelines: https://pkg.go.dev/text/template#hdr-Pipelines */
export class Evaluation extends ErrorPlace {
  protected readonly variables: Variable[];
  private readonly limits: ExecutionLimits;

  constructor(template: Template, limits: ExecutionLimits, name: string, data: GoValue) {
    super(template, name);
    this.limits = limits;
    this.variables = [{ name: '$', value: data }];
  }

  /** Keeps executions off the end of the stack. */
  protected deeper<T>(task: () => T): T {
    this.limited(() => this.limits.enter());
    const result = task();
    this.limits.leave();
    return result;
  }

  /** Gives a value to the variable so many from the top, if the `range` declares as many. */
  protected setFromTop(count: number, value: GoValue, declared: number): void {
    const variable = declared >= count ? this.variables.at(-count) : undefined;
    if (variable !== undefined) variable.value = value;
  }

  protected pipeline(dot: GoValue, pipe: PipeNode): GoValue {
    return this.deeper(() => {
      this.at(pipe);
      let value: Final = nothing;
      for (const command of pipe.commands) value = withoutInterface(this.command(dot, command, value));
      const result = value === nothing ? undefined : value;
      for (const name of pipe.declared) this.assign(name, result, pipe.isAssign);
      return result;
    });
  }

  private assign(name: string, value: GoValue, isAssign: boolean): void {
    if (!isAssign) this.variables.push({ name, value });
    else this.variable(name).value = value;
  }

  private variable(name: string): Variable {
    return this.variables.findLast((each) => each.name === name) ?? this.fail(`undefined variable: ${name}`);
  }

  private command(dot: GoValue, command: CommandNode, final: Final): GoValue {
    this.limited(() => this.limits.countStep());
    const [first, ...operands] = command.operands;
    switch (first.kind) {
      case 'field':
        this.at(first);
        return this.fieldChain(dot, dot, first, first.names, operands, final);
      case 'chain':
        return this.chain(dot, first, operands, final);
      case 'identifier':
        return this.function(dot, first, command, operands, final);
      case 'variable':
        return this.variableChain(dot, first, operands, final);
      case 'pipe':
        this.refuseArguments(first, operands, final);
        return this.pipeline(dot, first);
      default:
        this.at(first);
        this.refuseArguments(first, operands, final);
        return first.kind === 'nil' ? this.fail('nil is not a command') : this.literal(dot, first);
    }
  }

  private refuseArguments(first: Operand, operands: readonly Operand[], final: Final): void {
    if (operands.length > 0 || final !== nothing)
      this.fail(`can't give argument to non-function ${nodeText(first)}`);
  }

  private literal(
    dot: GoValue,
    node: Extract<Operand, { kind: 'bool' | 'string' | 'number' | 'dot' | 'nil' }>,
  ): GoValue {
    if (node.kind === 'dot') return dot;
    if (node.kind === 'number') return this.number(node);
    return node.kind === 'nil' ? undefined : node.value;
  }

  /** A number where nothing says of what type it is to be: how it is written decides. */
  private number(node: NumberNode): GoValue {
    this.at(node);
    if (node.complex !== undefined) return node.complex;
    if (node.float !== undefined && isWrittenAsFloat(node.text)) return node.float;
    return node.int ?? this.fail(`${node.text} overflows int`);
  }

  private chain(dot: GoValue, chain: ChainNode, operands: readonly Operand[], final: Final): GoValue {
    this.at(chain);
    const base = this.argument(dot, undefined, chain.base);
    return this.fieldChain(dot, base, chain, chain.names, operands, final);
  }

  private variableChain(
    dot: GoValue,
    node: VariableNode,
    operands: readonly Operand[],
    final: Final,
  ): GoValue {
    this.at(node);
    const { value } = this.variable(node.variable);
    if (node.names.length > 0) return this.fieldChain(dot, value, node, node.names, operands, final);
    this.refuseArguments(node, operands, final);
    return value;
  }

  /** `.X.Y.Z` with what follows it: only the last may be given arguments. */
  private fieldChain(
    dot: GoValue,
    start: GoValue,
    node: Node,
    names: readonly string[],
    operands: readonly Operand[],
    final: Final,
  ): GoValue {
    const last = names.length - 1;
    return names.reduce<GoValue>(
      (receiver, name, at) =>
        at < last
          ? this.field(dot, name, node, [], nothing, receiver)
          : this.field(dot, name, node, operands, final, receiver),
      start,
    );
  }

  private field(
    dot: GoValue,
    name: string,
    node: Node,
    operands: readonly Operand[],
    final: Final,
    receiver: GoValue,
  ): GoValue {
    if (receiver === undefined) return this.fieldOfNothing(name);
    const { value, isNil } = indirect(receiver);
    if (isNil && isKnownMissing(value, name)) this.noField(name, receiver);
    if (isNil) this.fail(`nil pointer evaluating ${typeName(receiver)}.${name}`);
    const method = methodNamed(value, name);
    if (method !== undefined) return this.call(dot, methodCall(method, value), node, name, operands, final);
    const hasArguments = operands.length > 0 || final !== nothing;
    if (typeof value === 'object' && value.kind === 'struct')
      return this.structField(value, name, receiver, hasArguments);
    if (typeof value === 'object' && value.kind === 'map' && value.type.key?.name === 'string')
      return this.mapEntry(value, name, hasArguments);
    return this.noField(name, receiver);
  }

  private fieldOfNothing(name: string): undefined {
    if (this.template.missingKey === 'error') this.fail(`nil data; no entry for key ${quote(name)}`);
    return undefined;
  }

  private noField(name: string, receiver: GoValue): never {
    return this.fail(`can't evaluate field ${name} in type ${typeName(receiver)}`);
  }

  private structField(struct: GoStruct, name: string, receiver: GoValue, hasArguments: boolean): GoValue {
    const field = struct.fields.find((each) => each.name === name) ?? this.noField(name, receiver);
    if (!/^\p{Lu}/u.test(name))
      this.fail(`${name} is an unexported field of struct type ${typeName(receiver)}`);
    if (hasArguments) this.fail(`${name} has arguments but cannot be invoked as function`);
    return field.value;
  }

  private mapEntry(map: GoMap, name: string, hasArguments: boolean): GoValue {
    if (hasArguments) this.fail(`${name} is not a method but has arguments`);
    if (map.entries.has(name)) return entryOf(map, name);
    if (this.template.missingKey === 'error') this.fail(`map has no entry for key ${quote(name)}`);
    return undefined;
  }

  private function(
    dot: GoValue,
    node: IdentifierNode,
    command: Node,
    operands: readonly Operand[],
    final: Final,
  ): GoValue {
    this.at(node);
    const { name } = node;
    const called = this.template.findFunction(name) ?? this.fail(`${quote(name)} is not a defined function`);
    if (!(name === 'and' || name === 'or') || !this.template.isBuiltin(name))
      return this.call(dot, called, command, name, operands, final);
    this.checkCount(called, name, operands, final);
    return this.andOr(dot, name, operands, final);
  }

  /** Stops at the first argument that decides. */
  private andOr(dot: GoValue, name: 'and' | 'or', operands: readonly Operand[], final: Final): GoValue {
    let value: GoValue;
    for (const operand of operands) {
      value = this.argument(dot, goType('reflect.Value'), operand);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === nothing ? value : final;
  }

  private call(
    dot: GoValue,
    called: GoFunction,
    node: Node,
    name: string,
    operands: readonly Operand[],
    final: Final,
  ): GoValue {
    this.checkCount(called, name, operands, final);
    const given = operands.map((operand, at) => this.argument(dot, parameterType(called, at), operand));
    if (final !== nothing) given.push(this.validated(final, parameterType(called, given.length)));
    return this.checked(called, given, node, name);
  }

  private checkCount(called: GoFunction, name: string, operands: readonly Operand[], final: Final): void {
    const count = operands.length + (final === nothing ? 0 : 1);
    const wanted = called.parameters.length;
    const wrong = `wrong number of args for ${name}: want`;
    if (called.variadic && count < wanted - 1)
      this.fail(`${wrong} at least ${wanted - 1} got ${operands.length}`);
    if (!called.variadic && count !== wanted) this.fail(`${wrong} ${wanted} got ${count}`);
  }

  private checked(called: GoFunction, given: readonly GoValue[], node: Node, name: string): GoValue {
    try {
      const result = called.call(...given);
      if (typeof result === 'string') this.limits.countText(result.length);
      return result;
    } catch (error) {
      if (!(error instanceof GoCallError)) throw error;
      this.at(node);
      return this.fail(`error calling ${name}: ${error.message}`);
    }
  }

  /** @param type what the parameter takes; nothing where anything will do */
  private argument(dot: GoValue, type: GoType | undefined, node: Operand): GoValue {
    this.limited(() => this.limits.countStep());
    this.at(node);
    switch (node.kind) {
      case 'dot':
        return this.validated(dot, type);
      case 'nil':
        return this.nilArgument(type);
      case 'field':
        return this.validated(this.fieldChain(dot, dot, node, node.names, [], nothing), type);
      case 'variable':
        return this.validated(this.variableChain(dot, node, [], nothing), type);
      case 'pipe':
        return this.validated(this.pipeline(dot, node), type);
      case 'identifier':
        return this.validated(this.function(dot, node, node, [], nothing), type);
      case 'chain':
        return this.validated(this.chain(dot, node, [], nothing), type);
      default:
        return this.literalArgument(dot, type ?? anything, node);
    }
  }

  private nilArgument(type: GoType | undefined): GoValue {
    if (type !== undefined && !canBeNil(type)) this.fail(`cannot assign nil to ${type.name}`);
    return type === undefined ? undefined : zeroValue(type);
  }

  private literalArgument(
    dot: GoValue,
    type: GoType,
    node: Extract<Operand, { kind: 'bool' | 'string' | 'number' }>,
  ): GoValue {
    switch (type.kind) {
      case 'interface':
      case 'reflect':
        return this.literal(dot, node);
      case 'bool':
        return node.kind === 'bool' ? node.value : this.expected('bool', node);
      case 'string':
        return node.kind === 'string' ? node.value : this.expected('string', node);
      case 'int':
        return (node.kind === 'number' ? node.int : undefined) ?? this.expected('integer', node);
      case 'uint':
        return (node.kind === 'number' ? node.uint : undefined) ?? this.expected('unsigned integer', node);
      case 'float':
        return (node.kind === 'number' ? node.float : undefined) ?? this.expected('float', node);
      default:
        return this.fail(`can't handle ${nodeText(node)} for arg of type ${type.name}`);
    }
  }

  private expected(what: string, node: Operand): never {
    return this.fail(`expected ${what}; found ${nodeText(node)}`);
  }

  /** The value as an argument of that type: taken out of its interface or from behind its pointer where that helps. */
  private validated(value: GoValue, type: GoType | undefined): GoValue {
    if (type === undefined || type.kind === 'reflect') return value;
    if (value === undefined)
      return canBeNil(type) ? zeroValue(type) : this.fail(`invalid value; expected ${type.name}`);
    if (type.kind === 'interface') return withoutInterface(value);
    const inside = withoutInterface(value) ?? value;
    if (isOfType(inside, type)) return inside;
    return this.dereferenced(inside, type);
  }

  private dereferenced(value: GoValue, type: GoType): GoValue {
    const from = typeOf(value);
    if (typeof value === 'object' && value.kind === 'pointer' && from?.elem && isAssignable(from.elem, type))
      return value.target ?? this.fail(`dereference of nil pointer of type ${type.name}`);
    return this.fail(`wrong type for value; expected ${type.name}; got ${typeName(value)}`);
  }
}

/** A nil pointer to a struct that has no such field in any case. */
function isKnownMissing(value: GoValue, name: string): boolean {
  const isPointer = typeof value === 'object' && value.kind === 'pointer';
  return isPointer && value.fieldNames !== undefined && !value.fieldNames.includes(name);
}

function isOfType(value: GoValue, type: GoType): boolean {
  const from = typeOf(value);
  return from !== undefined && isAssignable(from, type);
}

function parameterType(called: GoFunction, at: number): GoType | undefined {
  return called.parameters[at] ?? called.parameters.at(-1);
}

/** Own members only: no template reaches what JavaScript hangs on every object. */
function methodNamed(value: GoValue, name: string): GoMethod | undefined {
  const methods = methodsOf(value);
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function methodCall(method: GoMethod, receiver: GoValue): GoFunction {
  return typeof method === 'function' ? goFunction([], () => method(receiver)) : method;
}

/** `1.5`, `1e3`, `0x1p4`, but neither `0x1e3` nor `'e'`. */
function isWrittenAsFloat(text: string): boolean {
  if (text.startsWith("'") || /^0[xX][^pP]+$/.test(text)) return false;
  return /[.eEpP]/.test(text);
}
