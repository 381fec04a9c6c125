/**
 * The numbers that a file of the library is written with, each with a name that says where in the file it stands, and the rule that
 * says which of them are no constants of the model.
 */
import ts from 'typescript';

/** A number, or an expression of numbers. */
export interface NumberInCode {
  /** `CONSTANT.property`, `function.variable`, `function.callee[argument]`; a second one of the same name ends in #2. */
  readonly name: string;
  readonly line: number;
  /** It is exempt by the rule. */
  readonly exempt: boolean;
}

/** Values that count, index or double. */
const TRIVIAL = new Set([0, 1, 2]);
/** In functions also: bytes of a word and of a register, bits of a word, and units (percent, kilo, minute, mega, giga). */
const UNITS = new Set([4, 8, 10, 32, 100, 1000, 60_000, 1e6, 1e9]);
/** Arguments of functions that check what was given, hash, print, or name an encoding: limits and formats, not costs. */
const CHECKS =
  /^(wholeNumbers?|numberAbove|finiteNumber|isInteger|isUserRange|checkInteger|imul|toString|fill|words|padStart|slice|RangeError)$/;

/** All numbers of a file, in the order of the text. */
export function numbersIn(text: string): NumberInCode[] {
  const source = ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2023, true);
  const found = new Map<ts.Node, ts.NumericLiteral[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isNumericLiteral(node)) {
      const whole = expressionOf(node);
      found.set(whole, [...(found.get(whole) ?? []), node]);
    }
    if (!ts.isEnumDeclaration(node) && !ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  const times = new Map<string, number>();
  return [...found].map(([whole, literals]) => {
    const name = nameOf(whole);
    const exempt = literals.every(literal => isExempt(literal, whole));
    const nth = (times.get(name) ?? 0) + (exempt && insideFunction(whole) ? 0 : 1);
    times.set(name, nth);
    const line = source.getLineAndCharacterOfPosition(whole.getStart()).line + 1;
    return { name: nth > 1 ? `${name}#${nth}` : name, line, exempt };
  });
}

/** The arithmetic around a number: `40 * 1024` is one constant. */
function expressionOf(node: ts.Node): ts.Node {
  const { parent } = node;
  const arithmetic =
    ts.isParenthesizedExpression(parent) ||
    ts.isPrefixUnaryExpression(parent) ||
    (ts.isBinaryExpression(parent) && isArithmetic(parent.operatorToken.kind));
  return arithmetic ? expressionOf(parent) : node;
}

function isArithmetic(operator: ts.SyntaxKind): boolean {
  const { PlusToken, MinusToken, AsteriskToken, SlashToken, PercentToken, AsteriskAsteriskToken } = ts.SyntaxKind;
  return (
    [PlusToken, MinusToken, AsteriskToken, SlashToken, PercentToken, AsteriskAsteriskToken].includes(operator) ||
    isOfBits(operator)
  );
}

function isOfBits(operator: ts.SyntaxKind): boolean {
  const { AmpersandToken, BarToken, CaretToken } = ts.SyntaxKind;
  const { LessThanLessThanToken, GreaterThanGreaterThanToken, GreaterThanGreaterThanGreaterThanToken } = ts.SyntaxKind;
  const { AmpersandEqualsToken, BarEqualsToken, CaretEqualsToken } = ts.SyntaxKind;
  const shifts = [LessThanLessThanToken, GreaterThanGreaterThanToken, GreaterThanGreaterThanGreaterThanToken];
  return [
    AmpersandToken,
    BarToken,
    CaretToken,
    AmpersandEqualsToken,
    BarEqualsToken,
    CaretEqualsToken,
    ...shifts,
  ].includes(operator);
}

function isExempt(literal: ts.NumericLiteral, whole: ts.Node): boolean {
  const value = Number(literal.text);
  if (TRIVIAL.has(value)) return true;
  if (!insideFunction(literal)) return false;
  const ofCompute = ts.isCallExpression(whole.parent) && calleeOf(whole.parent) === 'compute';
  if (UNITS.has(value) && whole !== literal && !ofCompute) return true;
  for (let node: ts.Node = literal; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isBinaryExpression(node) && isOfBits(node.operatorToken.kind)) return true;
    if (ts.isBinaryExpression(node) && isPower(node)) return true;
    if (ts.isElementAccessExpression(node) || ts.isTemplateSpan(node) || ts.isThrowStatement(node)) return true;
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && CHECKS.test(calleeOf(node))) return true;
    if (ts.isStatement(node)) return false;
  }
  return false;
}

/** A power of two as a factor separates fields of a number, or turns bytes into megabytes. */
function isPower({ left, operatorToken }: ts.BinaryExpression): boolean {
  return operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken && ts.isNumericLiteral(left) && left.text === '2';
}

function insideFunction(node: ts.Node): boolean {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) if (ts.isFunctionLike(at)) return true;
  return false;
}

function nameOf(node: ts.Node): string {
  const parts: string[] = [];
  for (let child = node, at = node.parent; !ts.isSourceFile(at); child = at, at = at.parent) {
    const index = (list: readonly ts.Node[] | undefined): string => `[${list?.indexOf(child) ?? -1}]`;
    if (ts.isArrayLiteralExpression(at)) parts.unshift(index(at.elements));
    else if (ts.isCallExpression(at) || ts.isNewExpression(at)) parts.unshift(`.${calleeOf(at)}${index(at.arguments)}`);
    else if (isNamed(at)) parts.unshift(`.${textOf(at.name)}`);
  }
  return parts.join('').replace(/^\./, '');
}

function calleeOf({ expression }: ts.CallExpression | ts.NewExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function isNamed(node: ts.Node): node is ts.NamedDeclaration & { readonly name: ts.DeclarationName } {
  if (!('name' in node) || node.name === undefined || ts.isPropertyAccessExpression(node)) return false;
  const name = node.name as ts.Node;
  return !ts.isObjectBindingPattern(name) && !ts.isArrayBindingPattern(name);
}

function textOf(name: ts.DeclarationName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name) ? name.text : name.getText();
}
