import { fittingArgument, literalArgument, literalValue, nilArgument } from './argumentTypes.ts';
import { ErrorPlace } from './evaluationErrors.ts';
import type { ExecutionLimits } from './executionLimits.ts';
import { fieldOf, methodOf } from './fieldAccess.ts';
import { withoutInterface } from './formatValue.ts';
import { type GoType, goType } from './goType.ts';
import { GoCallError, type GoFunction, type GoValue } from './goValue.ts';
import {
  type ChainNode,
  type CommandNode,
  type DotNode,
  type IdentifierNode,
  isLiteral,
  type LiteralNode,
  type NilNode,
  type Node,
  nodeText,
  type Operand,
  type PipeNode,
  type VariableNode,
} from './nodes.ts';
import { quote } from './quote.ts';
import { isTrue } from './reflection.ts';
import type { Template } from './template.ts';

/** Stands where a command gets nothing from the one before it. */
const nothing = Symbol('nothing');
type Final = GoValue | typeof nothing;

interface Variable {
  readonly name: string;
  value: GoValue;
}

const anything = goType('reflect.Value');

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
        return this.literal(dot, first);
    }
  }

  private refuseArguments(first: Operand, operands: readonly Operand[], final: Final): void {
    if (operands.length > 0 || final !== nothing)
      this.fail(`can't give argument to non-function ${nodeText(first)}`);
  }

  private literal(dot: GoValue, node: LiteralNode | DotNode | NilNode): GoValue {
    if (node.kind === 'dot') return dot;
    return node.kind === 'nil' ? this.fail('nil is not a command') : this.limited(() => literalValue(node));
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
    const method = methodOf(receiver, name);
    if (method !== undefined) return this.call(dot, method, node, name, operands, final);
    const hasArguments = operands.length > 0 || final !== nothing;
    const { missingKey } = this.template;
    return this.limited(() => fieldOf({ name, receiver, hasArguments, missingKey }));
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
      value = this.argument(dot, anything, operand);
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
    if (final !== nothing) given.push(this.fitting(final, parameterType(called, given.length)));
    return this.checked(called, given, node, name);
  }

  private fitting(value: GoValue, type: GoType | undefined): GoValue {
    return this.limited(() => fittingArgument(value, type));
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
      for (const value of [result, ...given]) this.limits.countValue(value);
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
    if (node.kind === 'nil') return this.limited(() => nilArgument(type));
    if (isLiteral(node)) return this.limited(() => literalArgument(node, type));
    return this.fitting(this.operand(dot, node), type);
  }

  private operand(dot: GoValue, node: Exclude<Operand, LiteralNode | NilNode>): GoValue {
    switch (node.kind) {
      case 'dot':
        return dot;
      case 'field':
        return this.fieldChain(dot, dot, node, node.names, [], nothing);
      case 'variable':
        return this.variableChain(dot, node, [], nothing);
      case 'pipe':
        return this.pipeline(dot, node);
      case 'identifier':
        return this.function(dot, node, node, [], nothing);
      case 'chain':
        return this.chain(dot, node, [], nothing);
    }
  }
}

function parameterType(called: GoFunction, at: number): GoType | undefined {
  return called.parameters[at] ?? called.parameters.at(-1);
}
